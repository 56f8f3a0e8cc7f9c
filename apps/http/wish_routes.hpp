#pragma once
/// /v1/wishes: what the hive is to hold.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

namespace hive::http {

void list_wishes(desk& at, request asked, responder answer);
void withdraw_wish(desk& at, request asked, responder answer);

} // namespace hive::http
