#pragma once
/// The node itself: /v1/node, probes, the contract.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

namespace hive::http {

void process_health(desk& at, request asked, responder answer);
void readiness(desk& at, request asked, responder answer);
void show_node(desk& at, request asked, responder answer);
void openapi(desk& at, request asked, responder answer);

} // namespace hive::http
