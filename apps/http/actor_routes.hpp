#pragma once
/// /v1/actors: list (once, or again and again as events), show, act, trace.

#include "apps/http/desk.hpp"
#include "apps/http/json_body.hpp"
#include "apps/http/message.hpp"

namespace hive::http {

void list_actors(desk& at, request asked, responder answer);
void show_actor(desk& at, request asked, responder answer);
void act_on_actor(desk& at, request asked, responder answer);
void trace_actors(desk& at, request asked, responder answer);

/// "?name=&job=&state=&under=&by=&limit=&cursor=&window="; the fault names the parameter.
tl::expected<actor_query, body_fault> read_actor_query(const request& asked);

} // namespace hive::http
