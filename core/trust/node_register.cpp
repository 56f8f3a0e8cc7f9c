#include "core/trust/node_register.hpp"

#include "core/base/digest.hpp"

namespace hive::trust {

namespace {

failure no_register() {
  return fail(errc::unreadable_reply, "this is no register of nodes");
}

} // namespace

outcome node_register::check(const joiner_id& who) const {
  const auto there = rows_.find(who.node);
  if (there == rows_.end() && rows_.size() >= most)
    return fail(errc::too_large, "the hive has let in 10000 nodes, the most it remembers",
                "found a second hive");
  if (there != rows_.end() && there->second.key != who.key)
    return fail(errc::node_taken,
                "node id " + who.node.value + " belongs to a node with another key");
  return {};
}

void node_register::enter(const node_id& who, node_row row) {
  const auto [at, is_new] = rows_.try_emplace(who, row);
  if (is_new) return;
  row.joined = at->second.joined;
  if (row.name.empty()) row.name = at->second.name;
  at->second = std::move(row);
}

json::value node_register::to_json() const {
  json::array out;
  for (const auto& [who, row] : rows_) {
    json::object one;
    one["node"] = who.value;
    one["key"] = row.key;
    one["name"] = row.name;
    one["serial"] = row.serial;
    one["joined"] = format_time(row.joined);
    one["not_after"] = format_time(row.not_after);
    out.emplace_back(std::move(one));
  }
  return out;
}

result<node_register> node_register::from_json(json::node from) {
  if (!from.is_array()) return no_register();
  node_register out;
  for (const auto& one : from.elements()) {
    const auto node = one["node"].string();
    const auto joined = parse_time(one["joined"].string().value_or(""));
    const auto not_after = parse_time(one["not_after"].string().value_or(""));
    node_row row;
    row.key = one["key"].string().value_or("");
    row.name = one["name"].string().value_or("");
    row.serial = one["serial"].string().value_or("");
    const bool good = node && is_ulid(*node) && is_hex(row.key, 64) && joined && not_after &&
                      row.name.size() <= longest_name && out.rows_.size() < most;
    if (!good) return no_register();
    row.joined = *joined;
    row.not_after = *not_after;
    out.rows_.emplace(node_id{std::string{*node}}, std::move(row));
  }
  return out;
}

} // namespace hive::trust
