#include "core/swarm/peer_book.hpp"

#include <algorithm>

namespace hive::swarm {

namespace {

/// Of a new measurement.
constexpr double weight = 0.3;

} // namespace

peer_book::peer& peer_book::of(const node_id& id) {
  return peers_.try_emplace(id, peer{have_map{count_}, 0, 0, {}, {}, 0, {}}).first->second;
}

const peer_book::peer* peer_book::find(const node_id& id) const {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : &found->second;
}

void peer_book::count(const have_map& holds, int by) {
  for (const auto piece : holds.pieces()) copies_[piece] += static_cast<std::uint32_t>(by);
}

void peer_book::holds(const node_id& id, const have_map& all) {
  auto& who = of(id);
  count(who.holds, -1);
  who.holds = all;
  count(who.holds, 1);
}

bool peer_book::holds(const node_id& id, piece_index piece) {
  if (!of(id).holds.add(piece)) return false;
  ++copies_[piece];
  return true;
}

void peer_book::forget_holdings(const node_id& id) {
  const auto found = peers_.find(id);
  if (found == peers_.end()) return;
  count(found->second.holds, -1);
  found->second.holds = have_map{count_};
}

void peer_book::forget(const node_id& id) {
  forget_holdings(id);
  peers_.erase(id);
}

void peer_book::asked(const node_id& id, time_point now) {
  auto& who = of(id);
  ++who.asks;
  if (!who.window_began) who.window_began = now, who.came = 0;
}

void peer_book::answered(const node_id& id) {
  const auto found = peers_.find(id);
  if (found != peers_.end() && found->second.asks > 0) --found->second.asks;
}

void peer_book::came(const node_id& id, std::uint64_t bytes) {
  const auto found = peers_.find(id);
  if (found != peers_.end()) found->second.came += bytes;
}

void peer_book::measure(time_point now) {
  for (auto& [id, who] : peers_) {
    if (!who.window_began || now - *who.window_began < policy_.rate_window) continue;
    const std::chrono::duration<double> span = now - *who.window_began;
    const auto rate = static_cast<double>(who.came) / span.count();
    who.rate = who.rate ? *who.rate + weight * (rate - *who.rate) : rate;
    who.came = 0;
    who.window_began = who.asks > 0 ? std::optional{now} : std::nullopt;
  }
}

bool peer_book::barred(const node_id& id) const {
  const auto* who = find(id);
  return who != nullptr && who->barred_until.has_value();
}

time_point peer_book::bar(const node_id& id, time_point now) {
  auto& who = of(id);
  who.stalls = 0;
  who.barred_until = now + policy_.bar;
  return *who.barred_until;
}

bool peer_book::stalled(const node_id& id) {
  return ++of(id).stalls >= policy_.stalls;
}

bool peer_book::lift_bars(time_point now) {
  bool lifted = false;
  for (auto& [id, who] : peers_) {
    if (!who.barred_until || now < *who.barred_until) continue;
    who.barred_until.reset();
    lifted = true;
  }
  return lifted;
}

bool peer_book::among_fastest(const peer& who) const {
  const auto faster = std::count_if(peers_.begin(), peers_.end(), [&](const auto& other) {
    return other.second.rate > who.rate;
  });
  return who.rate > 0.0 && faster < 2;
}

bool peer_book::has_room(const peer& who) const {
  if (who.barred_until || who.asks >= policy_.most_asks) return false;
  return who.asks < policy_.fewest_asks || among_fastest(who);
}

have_map peer_book::union_of_usable() const {
  have_map out{count_};
  for (const auto& [id, who] : peers_)
    if (!who.barred_until) out.add(who.holds);
  return out;
}

have_map peer_book::union_of_free() const {
  have_map out{count_};
  for (const auto& [id, who] : peers_)
    if (has_room(who)) out.add(who.holds);
  return out;
}

} // namespace hive::swarm
