#pragma once
/// The node itself: /v1/node, probes, the contract, and a page for people who come by browser.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

#include <string_view>

namespace hive::http {

void front_page(desk& at, request asked, responder answer);
void process_health(desk& at, request asked, responder answer);
void readiness(desk& at, request asked, responder answer);
void show_node(desk& at, request asked, responder answer);
void openapi(desk& at, request asked, responder answer);

/// The OpenAPI 3.1 document as JSON.
std::string_view openapi_text();
/// Its end, from "components" on.
std::string_view openapi_components() noexcept;

} // namespace hive::http
