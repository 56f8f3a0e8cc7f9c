#include "apps/http/actor_view.hpp"

#include "apps/http/views.hpp"
#include "core/base/ascii.hpp"
#include "core/base/redact.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace hive::http {
namespace {

using actors::actor_facts;
using actors::actor_name;
using actors::description;

json::value id_or_null(std::uint64_t id) {
  return id == 0 ? json::value{} : json::value(id);
}
json::value latency_view(const std::optional<latency_summary>& seen) {
  if (!seen) return {};
  json::object out;
  out["count"] = seen->count;
  out["total_s"] = in_seconds(seen->total);
  out["p50_s"] = in_seconds(seen->p50);
  out["p99_s"] = in_seconds(seen->p99);
  out["max_s"] = in_seconds(seen->max);
  return out;
}

/// "tick" of "hive::actors::tick"; "nothing" of a message without values.
std::string_view bare_name(std::string_view type) noexcept {
  if (type.empty()) return "nothing";
  const auto end = std::min(type.find('<'), type.size());
  const auto colons = type.substr(0, end).rfind("::");
  return colons == type.npos ? type : type.substr(colons + 2);
}

json::array names_view(const std::vector<actor_name>& all) {
  json::array out;
  for (const auto& one : all)
    out.push_back({{"id", one.id}, {"name", one.name}, {"label", or_null(redact(one.label))}});
  return out;
}

json::array messages_view(const std::vector<actors::handled_message>& all) {
  json::array out;
  for (const auto& one : all)
    out.push_back({{"type", bare_name(one.type)},
                   {"sender", id_or_null(one.sender)},
                   {"ago_s", in_seconds(one.ago)},
                   {"took_s", in_seconds(one.took)},
                   {"waited_s", in_seconds(one.waited)}});
  return out;
}

template <class Number>
json::value number_of(const std::string& text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return json::value(value);
}

json::value value_of(const description::row& row) {
  switch (row.what) {
  case description::kind::boolean: return json::value(row.text == "true");
  case description::kind::integer:
    return row.text.starts_with('-') ? number_of<std::int64_t>(row.text)
                                     : number_of<std::uint64_t>(row.text);
  case description::kind::real: return number_of<double>(row.text);
  default: return json::value(row.text);
  }
}

/// The fields at `depth` from the front on; takes them, and all that is deeper, from `rows`.
json::object fields_of(std::span<const description::row>& rows, std::uint8_t depth) {
  json::object out;
  while (!rows.empty() && rows.front().depth == depth) {
    const auto& row = rows.front();
    rows = rows.subspan(1);
    if (row.what != description::kind::list) {
      out[row.name] = value_of(row);
      continue;
    }
    json::array items;
    while (!rows.empty() && rows.front().what == description::kind::item &&
           rows.front().depth == depth + 1) {
      rows = rows.subspan(1);
      items.emplace_back(fields_of(rows, static_cast<std::uint8_t>(depth + 2)));
    }
    out[row.name] = std::move(items);
  }
  return out;
}

std::string microseconds(std::chrono::nanoseconds time) {
  std::array<char, 32> digits{};
  const auto value = std::chrono::duration<double, std::micro>(time).count();
  const auto end =
      std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed, 3).ptr;
  return {digits.begin(), end};
}

std::string metadata(std::string_view what, std::uint64_t thread, const std::string& name) {
  return R"({"ph":"M","pid":1,"tid":)" + std::to_string(thread) + R"(,"name":")" +
         std::string{what} + R"(","args":{"name":)" + json::text(json::value(name)) + "}}";
}

} // namespace

double in_seconds(std::chrono::nanoseconds time) noexcept {
  return std::chrono::duration<double>(time).count();
}

json::object actor_view(const actor_facts& facts) {
  json::object out;
  out["id"] = facts.id;
  out["parent"] = id_or_null(facts.parent);
  out["name"] = facts.name;
  out["label"] = or_null(redact(facts.label));
  out["job"] = or_null(facts.job.value);
  out["state"] = facts.state;
  out["children"] = facts.children;
  out["age_s"] = in_seconds(facts.age);
  out["blocks"] = facts.blocks;
  out["mailbox"] = facts.depth;
  out["mailbox_max"] = facts.most_depth;
  out["handled"] = facts.handled;
  out["skipped"] = facts.skipped;
  out["slow"] = facts.slow;
  out["restarts"] = facts.restarts;
  out["last_error"] = or_null(redact(facts.last_error));
  out["oldest_s"] = facts.oldest ? json::value(in_seconds(*facts.oldest)) : json::value{};
  out["handling"] = latency_view(facts.handling);
  out["waiting"] = latency_view(facts.waiting);
  out["rate"] = or_null(facts.rate);
  out["busy"] = or_null(facts.busy);
  out["growth"] = or_null(facts.growth);
  return out;
}

json::object actor_page_view(const actor_page& page) {
  json::array items;
  for (const auto& one : page.actors) items.emplace_back(actor_view(one));
  auto out = list_view("actors", std::move(items), page.next > 0 ? std::to_string(page.next) : "");
  out["alive"] = page.alive;
  out["window_s"] = page.window.count() > 0 ? json::value(in_seconds(page.window)) : json::value{};
  return out;
}

json::object actor_detail_view(const actor_detail& whole) {
  auto out = actor_view(whole.facts);
  out["above"] = names_view(whole.above);
  out["below"] = names_view(whole.below);
  out["messages"] = messages_view(whole.messages);
  out["description"] = whole.self ? json::value(description_view(*whole.self)) : json::value{};
  out["undescribed"] = or_null(whole.unsaid);
  return out;
}

json::object description_view(const description& what) {
  std::span<const description::row> rows{what.rows()};
  return fields_of(rows, 0);
}

std::string trace_writer::opening(const std::string& process) {
  return R"({"displayTimeUnit":"ms","traceEvents":[)" + std::string{"\n"} +
         metadata("process_name", 0, process);
}

std::string trace_writer::events(const std::vector<actors::traced_message>& messages,
                                 std::uint64_t most) {
  std::string out;
  for (const auto& one : messages) {
    if (most-- == 0) break;
    if (named_.insert(one.actor).second)
      out += ",\n" + metadata("thread_name", one.actor, one.name + ' ' + std::to_string(one.actor));
    json::object args;
    args["sender"] = id_or_null(one.sender);
    args["waited_s"] = in_seconds(one.waited);
    out += R"(,
{"ph":"X","cat":"message","pid":1,"tid":)" +
           std::to_string(one.actor) + R"(,"ts":)" + microseconds(one.begin) + R"(,"dur":)" +
           microseconds(one.took) + R"(,"name":)" + json::text(json::value(bare_name(one.type))) +
           R"(,"args":)" + json::text(args) + '}';
  }
  return out;
}

std::string trace_writer::closing(std::uint64_t lost, std::string_view ended) {
  json::object other;
  other["lost_messages"] = lost;
  other["ended"] = ended;
  return "\n],\"otherData\":" + json::text(other) + "}\n";
}

} // namespace hive::http
