#include "apps/http/node_routes.hpp"

#include "apps/http/contract.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/views.hpp"

namespace hive::http {

void process_health(desk&, request, responder answer) {
  json::object out;
  out["status"] = "ok";
  answer(json_reply(200, out));
}

void readiness(desk& at, request, responder answer) {
  at.node.status([answer = std::move(answer)](result<node_status> status) {
    if (!status) return answer(problem(status.why(), 503));
    for (const auto& one : status->ailments)
      if (one.what == machine::ailment::actor_silent)
        return answer(problem(fail(errc::no_answer, one.human), 503));
    json::object out;
    const auto reason = sentence(status->ailments);
    out["status"] = reason.empty() ? "ok" : "degraded";
    out["reason"] = reason.empty() ? json::value{} : json::value(reason);
    answer(json_reply(200, out));
  });
}

void show_node(desk& at, request, responder answer) {
  at.node.status([answer = std::move(answer)](result<node_status> status) {
    answer(status ? json_reply(200, node_view(*status)) : problem(status.why()));
  });
}

void openapi(desk&, request, responder answer) {
  answer(text_reply(200, "application/json", std::string{openapi_text()}));
}

} // namespace hive::http
