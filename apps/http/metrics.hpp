#pragma once
/// GET /metrics: the Prometheus text format, version 0.0.4.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

#include <string>

namespace hive::http {

void metrics(desk& at, request asked, responder answer);

std::string metrics_text(const node_status& status, const counters& door);

} // namespace hive::http
