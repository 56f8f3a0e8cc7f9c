#include "apps/hive/actor_sight.hpp"

#include "apps/hive/figures.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/text.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace hive::cli {
namespace {

constexpr std::size_t most_names = 12; ///< of children in one line

void put(std::vector<std::string>& into, const char* name, const std::string& value) {
  if (!value.empty()) into.push_back(pad_right(name, 12) + printable(value));
}

std::string named(json::node one) {
  auto out = one["name"].text() + " " + std::to_string(one["id"].natural().value_or(0));
  if (const auto label = one["label"].text(); !label.empty()) out += " (" + label + ")";
  return out;
}

std::string names_of(const std::vector<json::node>& all, const char* between) {
  std::string out;
  for (std::size_t i = 0; i < all.size() && i < most_names; ++i)
    out += (i == 0 ? "" : between) + named(all[i]);
  if (all.size() > most_names) out += " and " + std::to_string(all.size() - most_names) + " more";
  return out;
}

std::string latency_text(json::node seen) {
  if (seen.is_null()) return {};
  const auto time = [&](const char* name) { return brief_time(seen[name].number().value_or(0)); };
  return "p50 " + time("p50_s") + ", p99 " + time("p99_s") + ", most " + time("max_s") + ", of " +
         brief_count(seen["count"].natural().value_or(0)) + " messages";
}

std::string value_text(json::node value) {
  if (const auto text = value.string()) return std::string{*text};
  if (const auto whole = value.integer()) return std::to_string(*whole);
  if (const auto number = value.number()) return brief_rate(*number);
  return value.is_null() ? "-" : json::text(value.copy());
}

/// Indented as it is nested.
void say_description(std::vector<std::string>& into, json::node what, std::size_t depth) {
  const std::string indent(2 * depth, ' ');
  for (const auto& [name, value] : what.members()) {
    if (!value.is_array()) {
      into.push_back(indent + pad_right(printable(name), 20 - std::min<std::size_t>(depth, 5)) +
                     "  " + printable(value_text(value)));
      continue;
    }
    const auto items = value.elements();
    into.push_back(indent + printable(name) + " (" + std::to_string(items.size()) + ")");
    for (const auto& item : items) {
      std::string line = indent + "  ";
      for (const auto& [field, of] : item.members())
        line += printable(field) + " " + printable(value_text(of)) + "  ";
      line.erase(line.find_last_not_of(' ') + 1);
      into.push_back(std::move(line));
    }
  }
}

void say_messages(std::vector<std::string>& into, std::vector<json::node> all) {
  into.emplace_back();
  if (all.empty()) {
    into.emplace_back("no messages since it is looked at");
    return;
  }
  std::vector<table_row> rows;
  std::reverse(all.begin(), all.end());
  for (const auto& one : all) {
    const auto time = [&](const char* name) { return brief_time(one[name].number().value_or(0)); };
    const auto sender = one["sender"].natural();
    rows.push_back({time("ago_s"), time("took_s"), time("waited_s"),
                    sender ? std::to_string(*sender) : "-", one["type"].text()});
  }
  auto text = table(
      {{"AGO", true}, {"TOOK", true}, {"WAITED", true}, {"SENDER", true}, {"MESSAGE"}}, rows, 0);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    into.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

void say_figures(std::vector<std::string>& into, const actor_sight& seen, json::node whole) {
  put(into, "state",
      seen.state + (whole["blocks"].boolean().value_or(false) ? ", on a thread of its own" : ""));
  put(into, "works at", seen.label);
  put(into, "job", seen.job);
  put(into, "age", brief_time(seen.age));
  put(into, "mailbox",
      brief_count(seen.mailbox) + " now, " +
          brief_count(whole["mailbox_max"].natural().value_or(0)) + " at most" +
          (seen.oldest && *seen.oldest > 0 ? ", the oldest for " + brief_time(*seen.oldest) : ""));
  put(into, "handled",
      brief_count(seen.handled) + " messages" +
          (seen.rate ? ", " + brief_rate(*seen.rate) + " a second" : "") +
          (seen.busy ? ", busy " + brief_share(*seen.busy) : "") +
          (seen.slow > 0 ? ", " + brief_count(seen.slow) + " of them slow" : ""));
  put(into, "handling", latency_text(whole["handling"]));
  put(into, "waiting", latency_text(whole["waiting"]));
  if (const auto count = whole["restarts"].natural().value_or(0); count > 0)
    put(into, "crashes", brief_count(count) + " of its class");
  put(into, "last error", seen.last_error);
}

} // namespace

actor_sight read_actor(json::node from) {
  const auto count = [&](const char* name) { return from[name].natural().value_or(0); };
  actor_sight out;
  out.id = count("id");
  out.parent = count("parent");
  out.name = from["name"].text();
  out.label = from["label"].text();
  out.job = from["job"].text();
  out.state = from["state"].text();
  out.last_error = from["last_error"].text();
  out.age = from["age_s"].number().value_or(0);
  out.mailbox = count("mailbox");
  out.handled = count("handled");
  out.slow = count("slow");
  out.oldest = from["oldest_s"].number();
  out.p99 = from["handling"]["p99_s"].number();
  out.rate = from["rate"].number();
  out.busy = from["busy"].number();
  out.growth = from["growth"].integer();
  return out;
}

std::vector<actor_place> tree_of(const std::vector<actor_sight>& all) {
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> below;
  std::unordered_set<std::uint64_t> known;
  for (const auto& one : all) known.insert(one.id);
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return all[i].id; });
  for (const auto i : order)
    below[known.contains(all[i].parent) && all[i].parent != all[i].id ? all[i].parent : 0]
        .push_back(i);
  std::vector<actor_place> out;
  std::vector<actor_place> open;
  const auto enter = [&](std::uint64_t parent, std::size_t depth) {
    const auto found = below.find(parent);
    if (found == below.end()) return;
    for (auto at = found->second.rbegin(); at != found->second.rend(); ++at)
      open.push_back({*at, depth});
  };
  enter(0, 0);
  while (!open.empty()) {
    const auto next = open.back();
    open.pop_back();
    out.push_back(next);
    enter(all[next.which].id, next.depth + 1);
  }
  return out;
}

std::string subject_of(const actor_sight& one) {
  if (!one.label.empty()) return one.label;
  return one.last_error.empty() ? std::string{} : "! " + one.last_error;
}

std::vector<std::string> actor_lines(json::node whole) {
  const auto seen = read_actor(whole);
  std::vector<std::string> out{printable(seen.name) + " " + std::to_string(seen.id)};
  say_figures(out, seen, whole);
  put(out, "above", names_of(whole["above"].elements(), " < "));
  put(out, "below", names_of(whole["below"].elements(), ", "));
  out.emplace_back();
  if (whole["description"].is_null())
    out.push_back(printable("says nothing: " + whole["undescribed"].text()));
  else
    say_description(out, whole["description"], 0);
  say_messages(out, whole["messages"].elements());
  return out;
}

} // namespace hive::cli
