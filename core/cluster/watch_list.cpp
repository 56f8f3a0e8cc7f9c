#include "core/cluster/watch_list.hpp"

#include <algorithm>

namespace hive::cluster {

watch* watch_list::find(std::uint64_t ring) noexcept {
  const auto found =
      std::lower_bound(watches_.begin(), watches_.end(), ring,
                       [](const watch& w, std::uint64_t wanted) { return w.ring < wanted; });
  return found != watches_.end() && found->ring == ring ? &*found : nullptr;
}

void watch_list::credit(time slept) noexcept {
  for (auto& w : watches_) {
    w.heard += slept;
    if (w.vouched.count() >= 0) w.vouched += slept;
  }
}

void watch_list::restart(time now) noexcept {
  for (auto& w : watches_) {
    w.heard = now;
    w.suspected = false;
  }
}

/// Nobody watches most members of a big hive from a small island: when most of those this node
/// watches are silent, it looks further, eight times as far with each beat. A node that is itself
/// late gives all of them longer: each look further costs it links.
void watch_list::widen(const roster& table, time now, int stretch) {
  std::size_t counted = 0, silent = 0, untold = 0;
  for (const auto& w : watches_) {
    const auto* row = table.at_ring(w.ring);
    if (!row || reachability_of(**row) >= reachability::unreachable) continue;
    ++counted;
    const auto patience = w.asked && !w.answered ? timing::beat / 2 : timing::widen_after;
    if (now - w.heard >= patience * stretch)
      ++silent;
    else if (!w.answered)
      ++untold;
  }
  if (silent * 2 > counted)
    wanted_ = std::min(wanted_ * timing::widening, max_members);
  else if ((silent + untold) * 2 <= counted)
    wanted_ = timing::watched;
}

void watch_list::keep(std::uint64_t ring, time now) {
  if (const auto* known = find(ring)) {
    next_.push_back(*known);
    return;
  }
  watch fresh;
  fresh.ring = ring;
  fresh.heard = now;
  next_.push_back(fresh);
}

void watch_list::arrange(const roster& table, std::uint64_t self, time now, int stretch) {
  widen(table, now, stretch);
  next_.clear();
  std::size_t counted = 0;
  auto place = table.after(self);
  for (std::size_t step = 0; step + 1 < table.size() && counted < wanted_; ++step) {
    const auto& row = *table.at(place);
    place = place + 1 < table.size() ? place + 1 : 0;
    if (row.life >= lifecycle::left || row.ring == self) continue;
    const auto reach = reachability_of(row);
    if (reach == reachability::down) continue;
    keep(row.ring, now);
    // Whoever is silent is watched on, but somebody else is watched in its place.
    const bool silent = now - next_.back().heard >= timing::widen_after * stretch;
    if (reach != reachability::unreachable && !silent) ++counted;
  }
  std::sort(next_.begin(), next_.end(),
            [](const watch& a, const watch& b) { return a.ring < b.ring; });
  watches_.swap(next_);
}

} // namespace hive::cluster
