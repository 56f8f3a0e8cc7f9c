#include "apps/http/problem.hpp"

#include "core/base/redact.hpp"

namespace hive::http {

json::object failure_view(const failure& why) {
  json::object out;
  out["code"] = to_string(why.code);
  out["detail"] = redact(why.detail);
  out["hint"] = why.hint.empty() ? std::string{info(why.code).hint} : redact(why.hint);
  return out;
}

reply problem(const failure& why, int status, std::string_view field) {
  const auto& row = info(why.code);
  if (status == 0) status = row.http_status;
  json::object body;
  body["type"] = "about:blank";
  body["title"] = row.sentence;
  body["status"] = status;
  for (auto& member : failure_view(why)) body[member.key()] = member.value();
  if (!field.empty()) body["field"] = field;
  auto out = json_reply(status, body);
  out.headers.front().second = "application/problem+json";
  out.headers.emplace_back("Cache-Control", "no-store");
  if (why.retry_after)
    out.headers.emplace_back("Retry-After", std::to_string(why.retry_after->count()));
  else if (status == 503)
    out.headers.emplace_back("Retry-After", "1");
  return out;
}

reply no_such_route(const request& asked) {
  return problem(fail(errc::not_found, "nothing answers " + asked.method + " " + asked.target,
                      "GET /v1/openapi.json lists what there is"),
                 404);
}

reply wrong_method(const request& asked, std::string allow) {
  auto out = problem(fail(errc::bad_request, asked.method + " does not apply to " + asked.target,
                          "use one of: " + allow),
                     405);
  out.headers.emplace_back("Allow", std::move(allow));
  return out;
}

} // namespace hive::http
