#pragma once
/// /v1/events and /v1/jobs/{id}/events: from a request to an event stream.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

namespace hive::http {

void job_events(desk& at, request asked, responder answer);
void node_events(desk& at, request asked, responder answer);

} // namespace hive::http
