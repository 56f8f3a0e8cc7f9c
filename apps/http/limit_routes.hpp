#pragma once
/// /v1/limits: what holds, and changing it.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

namespace hive::http {

void show_limits(desk& at, request asked, responder answer);
void change_limits(desk& at, request asked, responder answer);

json::object limits_view(const limits::in_force& now);

} // namespace hive::http
