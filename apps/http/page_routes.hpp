#pragma once
/// The page for people: "/" and what it loads from this node. Everything else it asks of the API.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

namespace hive::http {

void front_page(desk& at, request asked, responder answer);
void page_asset(desk& at, request asked, responder answer);

/// Whether it is a part of the page, which holds nothing of anybody: it asks for the token itself.
bool is_page(const request& asked) noexcept;

} // namespace hive::http
