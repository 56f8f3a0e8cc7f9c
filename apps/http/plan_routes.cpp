#include "apps/http/plan_routes.hpp"

#include "apps/http/job_routes.hpp"
#include "apps/http/json_body.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/views.hpp"
#include "core/base/redact.hpp"

#include <algorithm>
#include <unordered_map>

namespace hive::http {
namespace {

constexpr std::uint64_t most_plans = 16; ///< under way at once
constexpr std::size_t most_files = 5000; ///< told of one plan

json::object reference_view(const reference& what) {
  auto whole = what;
  whole.selector.clear();
  json::object out;
  out["ref"] = redact(to_string(what));
  out["scheme"] = to_string(what.from);
  out["host"] = or_null(what.host);
  out["name"] = redact(what.name);
  out["revision"] = or_null(what.revision);
  out["selector"] = or_null(what.selector);
  out["quant"] = looks_like_quant(what.selector);
  out["whole"] = redact(to_string(whole));
  return out;
}

json::array files_view(const download_plan& plan) {
  json::array out;
  for (const auto& file : plan.files) {
    if (out.size() == most_files) break;
    const auto digest = file.expected ? to_string(*file.expected) : std::string{};
    out.push_back({{"path", file.path}, {"size", or_null(file.size)}, {"digest", or_null(digest)}});
  }
  return out;
}

json::array choices_view(const preview& what) {
  std::unordered_map<std::string_view, std::uint64_t> sizes;
  for (const auto& file : what.plan.files) sizes.emplace(file.path, file.size.value_or(0));
  json::array out;
  for (const auto& one : what.choices) {
    std::uint64_t bytes = 0;
    for (const auto& path : one.paths) bytes += sizes[path];
    out.push_back({{"selector", one.tag}, {"bytes", bytes}, {"files", one.paths.size()}});
  }
  return out;
}

json::array remarks_view(const download_plan& plan) {
  json::array out;
  for (const auto& one : remarks_on(plan))
    out.push_back({{"action", one.action},
                   {"human", redact(one.human)},
                   {"level", one.warning ? "warning" : "info"}});
  return out;
}

json::object plan_view(const preview& what) {
  const auto& plan = what.plan;
  json::object out;
  out["ref"] = redact(to_string(plan.what));
  out["revision"] = plan.revision;
  out["requested"] = or_null(plan.requested);
  out["files"] = files_view(plan);
  out["file_count"] = plan.files.size();
  out["bytes"] = known_bytes(plan);
  out["sizes_known"] =
      std::ranges::all_of(plan.files, [](const auto& file) { return file.size.has_value(); });
  out["to_come"] = what.to_come;
  out["lacks"] = what.lacks.bytes;
  out["lacks_human"] = or_null(what.lacks.human);
  out["artifact"] = what.here ? json::value(what.here->value) : json::value{};
  out["choices"] = choices_view(what);
  out["remarks"] = remarks_view(plan);
  return out;
}

} // namespace

void show_reference(desk&, request asked, responder answer) {
  const auto text = asked.param("ref").value_or("");
  if (text.size() > max_reference_bytes)
    return answer(problem(fail(errc::bad_reference, "ref: longer than 4096 bytes"), 400, "ref"));
  const auto read = parse_reference(text);
  answer(read ? json_reply(200, reference_view(*read)) : problem(read.why(), 400, "ref"));
}

void make_plan(desk& at, request asked, responder answer) {
  if (!says_json(asked)) return answer(wants_json());
  auto read = read_submission(asked.body);
  if (!read) return answer(problem(read.error().why, read.error().status, read.error().field));
  if (++at.counts->plans > most_plans) {
    --at.counts->plans;
    return answer(problem(fail(errc::overloaded, "too many plans are being made"), 503));
  }
  at.node.plan(std::move(read->asked), std::move(read->token),
               [answer = std::move(answer), counts = at.counts](result<preview> seen) {
                 --counts->plans;
                 answer(seen ? json_reply(200, plan_view(*seen)) : problem(seen.why()));
               });
}

} // namespace hive::http
