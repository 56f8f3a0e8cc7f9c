#include "core/discovery/heard_nodes.hpp"

#include <algorithm>

namespace hive::discovery {

heard_nodes::time heard_nodes::entry::until() const {
  time out{0};
  for (const auto& one : parts) out = std::max(out, one.second.until);
  return out;
}

/// Of each network in turn, so that whoever lies on one does not hide the others.
std::vector<std::string> heard_nodes::entry::addresses() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < most_addresses; ++i)
    for (const auto& [network, there] : parts) {
      if (i >= there.addresses.size() || out.size() >= most_addresses) continue;
      if (std::ranges::find(out, there.addresses[i]) == out.end())
        out.push_back(there.addresses[i]);
    }
  return out;
}

void heard_nodes::entry::hear(unsigned network, const sighting& what, time now) {
  std::erase_if(parts, [&](const auto& one) { return one.second.until <= now; });
  if (what.lasts.count() > 0)
    parts[network] = {what.addresses, now + what.lasts};
  else
    parts.erase(network);
}

bool heard_nodes::concerns(const announcement& who) const {
  return who.node != self_ && (hive_.empty() || who.hive == hive_);
}

void heard_nodes::make_room(time now) {
  std::erase_if(nodes_, [&](const auto& one) { return one.second.until() <= now; });
  if (nodes_.size() < most) return;
  nodes_.erase(
      std::ranges::min_element(nodes_, {}, [](const auto& one) { return one.second.until(); }));
}

std::optional<sighting> heard_nodes::note(unsigned network, const sighting& what, time now) {
  if (!concerns(what.who)) return std::nullopt;
  const std::pair key{what.who.hive, what.who.node};
  const auto at = nodes_.find(key);
  const bool is_new = at == nodes_.end();
  auto then = is_new ? entry{} : at->second;
  then.hear(network, what, now);
  if (is_new && then.parts.empty()) return std::nullopt;
  auto addresses = then.addresses();
  if (!is_new && addresses == then.passed_on && now - then.passed < repeat) {
    at->second = std::move(then);
    return std::nullopt;
  }
  if (!news_.take(now)) return std::nullopt;
  if (then.parts.empty()) {
    nodes_.erase(at);
    return sighting{what.who, what.addresses, {}};
  }
  if (is_new && nodes_.size() >= most) make_room(now);
  const auto lasts = std::chrono::ceil<std::chrono::seconds>(then.until() - now);
  then.passed_on = addresses;
  then.passed = now;
  nodes_[key] = std::move(then);
  return sighting{what.who, std::move(addresses), lasts};
}

} // namespace hive::discovery
