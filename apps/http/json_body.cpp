#include "apps/http/json_body.hpp"

#include "apps/http/problem.hpp"
#include "core/base/ascii.hpp"

#include <set>

namespace hive::http {

tl::unexpected<body_fault> wrong_member(std::string_view field, std::string what, int status) {
  std::string named{field};
  auto why = fail(errc::bad_request, named + ": " + std::move(what));
  return tl::unexpected<body_fault>{body_fault{std::move(why), std::move(named), status}};
}

checked read_members(std::string_view body,
                     const std::function<checked(std::string_view name, json::node value)>& take) {
  const auto refused = [](std::string what) {
    return tl::unexpected<body_fault>{
        body_fault{fail(errc::bad_request, std::move(what)), {}, 400}};
  };
  auto parsed = json::parse(body);
  if (!parsed) return refused("the body is not JSON: " + parsed.why().detail);
  if (!parsed->root().is_object()) return refused("the body must be a JSON object");
  std::set<std::string_view> given;
  const auto members = parsed->root().members();
  for (const auto& [name, value] : members) {
    if (!given.insert(name).second) return wrong_member(name, "is there twice");
    if (auto ok = take(name, value); !ok) return ok;
  }
  return {};
}

bool says_json(const request& asked) {
  const auto type = asked.header("content-type");
  if (!type) return false;
  auto name = ascii::lowered(type->substr(0, type->find(';')));
  name.erase(name.find_last_not_of(" \t") + 1);
  return name == "application/json";
}

reply wants_json() {
  return problem(
      fail(errc::bad_request, "the body must be JSON", "send 'Content-Type: application/json'"),
      415);
}

} // namespace hive::http
