#include "apps/http/router.hpp"

#include "apps/http/actor_routes.hpp"
#include "apps/http/artifact_routes.hpp"
#include "apps/http/event_routes.hpp"
#include "apps/http/hub_routes.hpp"
#include "apps/http/job_routes.hpp"
#include "apps/http/limit_routes.hpp"
#include "apps/http/member_routes.hpp"
#include "apps/http/metrics.hpp"
#include "apps/http/node_routes.hpp"
#include "apps/http/page_routes.hpp"
#include "apps/http/plan_routes.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/wish_routes.hpp"

#include <algorithm>

namespace hive::http {
namespace {

constexpr route table[] = {
    {"GET", "/", front_page},
    {"GET", "/assets/{name}", page_asset},
    {"GET", "/healthz", process_health},
    {"GET", "/readyz", readiness},
    {"GET", "/metrics", metrics},
    {"GET", "/v1/openapi.json", openapi},
    {"GET", "/v1/node", show_node},
    {"GET", "/v1/references", show_reference},
    {"POST", "/v1/plans", make_plan},
    {"POST", "/v1/jobs", submit_job},
    {"GET", "/v1/jobs", list_jobs},
    {"GET", "/v1/jobs/{id}", show_job},
    {"PATCH", "/v1/jobs/{id}", change_job},
    {"DELETE", "/v1/jobs/{id}", cancel_job},
    {"POST", "/v1/jobs/{id}/cancel", cancel_job},
    {"POST", "/v1/jobs/{id}/pause", pause_job},
    {"POST", "/v1/jobs/{id}/resume", resume_job},
    {"POST", "/v1/jobs/{id}/retry", retry_job},
    {"POST", "/v1/jobs/cancel", cancel_jobs},
    {"GET", "/v1/jobs/{id}/events", job_events},
    {"GET", "/v1/events", node_events},
    {"GET", "/v1/limits", show_limits},
    {"PATCH", "/v1/limits", change_limits},
    {"GET", "/v1/artifacts", list_artifacts},
    {"GET", "/v1/artifacts/{id}", show_artifact},
    {"PATCH", "/v1/artifacts/{id}", change_artifact},
    {"DELETE", "/v1/artifacts/{id}", remove_artifact},
    {"POST", "/v1/artifacts/{id}/check", check_artifact},
    {"POST", "/v1/artifacts/{id}/verify", verify_artifact},
    {"POST", "/v1/gc", collect_garbage},
    {"GET", "/v1/members", list_members},
    {"POST", "/v1/members/check", check_members},
    {"POST", "/v1/members/{id}/{action}", act_on_member},
    {"GET", "/v1/wishes", list_wishes},
    {"DELETE", "/v1/wishes/{id}", withdraw_wish},
    {"GET", "/v1/actors", list_actors},
    {"GET", "/v1/actors/trace", trace_actors},
    {"GET", "/v1/actors/{id}", show_actor},
    {"POST", "/v1/actors/{id}/{action}", act_on_actor},
    {"GET", "/v1/blobs/{digest}", send_blob},
    {"GET", "/api/{kind}/{org}/{repo}", hub_info},
    {"GET", "/api/{kind}/{org}/{repo}/revision/{rev}", hub_info},
    {"GET", "/api/{kind}/{org}/{repo}/refs", hub_refs},
    {"GET", "/api/{kind}/{org}/{repo}/tree/{rev}", hub_tree},
    {"GET", "/api/{kind}/{org}/{repo}/tree/{rev}/{path...}", hub_tree},
    {"POST", "/api/{kind}/{org}/{repo}/paths-info/{rev}", hub_paths_info},
    {"GET", "/{org}/{repo}/resolve/{rev}/{path...}", hub_resolve},
    {"GET", "/{kind}/{org}/{repo}/resolve/{rev}/{path...}", hub_resolve},
    {"GET", "/{org}/{repo}/raw/{rev}/{path...}", hub_raw},
    {"GET", "/{kind}/{org}/{repo}/raw/{rev}/{path...}", hub_raw},
};

bool belongs_to_api(const std::vector<std::string>& path) {
  return !path.empty() && path.front() == "v1";
}

void allow(std::string& methods, std::string_view method) {
  if (methods.find(method) != std::string::npos) return;
  if (!methods.empty()) methods += ", ";
  methods += method;
  if (method == "GET") methods += ", HEAD";
}

} // namespace

std::span<const route> routes() noexcept {
  return table;
}

bool fits(std::string_view pattern, const std::vector<std::string>& path, text_pairs& bound) {
  pattern.remove_prefix(1);
  bound.clear();
  std::size_t at = 0;
  while (!pattern.empty()) {
    const auto end = std::min(pattern.find('/'), pattern.size());
    auto part = pattern.substr(0, end);
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
    if (at == path.size() || path[at].empty()) return false;
    if (part.ends_with("...}")) {
      std::string rest = path[at];
      while (++at < path.size()) rest += '/' + path[at];
      bound.emplace_back(part.substr(1, part.size() - 5), std::move(rest));
    } else if (part.starts_with('{')) {
      bound.emplace_back(part.substr(1, part.size() - 2), path[at++]);
    } else if (part != path[at++]) {
      return false;
    }
  }
  return at == path.size();
}

void dispatch(desk& at, request asked, responder answer) {
  const std::string_view method = asked.method == "HEAD" ? "GET" : std::string_view{asked.method};
  std::string allowed;
  for (const auto& row : table) {
    if (belongs_to_api(asked.path) != row.pattern.starts_with("/v1/")) continue;
    if (!fits(row.pattern, asked.path, asked.bound)) continue;
    if (row.method == method) return row.answer(at, std::move(asked), std::move(answer));
    allow(allowed, row.method);
  }
  if (!allowed.empty()) return answer(wrong_method(asked, std::move(allowed)));
  answer(is_hub_path(asked.path) ? hub_unknown(asked) : no_such_route(asked));
}

} // namespace hive::http
