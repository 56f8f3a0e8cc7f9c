#pragma once
/// Before a job is submitted: what a reference means (/v1/references), and what a pull of it would
/// do (/v1/plans).

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

namespace hive::http {

void show_reference(desk& at, request asked, responder answer);
void make_plan(desk& at, request asked, responder answer);

} // namespace hive::http
