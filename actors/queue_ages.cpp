#include "actors/queue_ages.hpp"

#include <utility>

namespace hive::actors {

/// Everything that waited when a mark was set is at least as old as the mark.
std::vector<age_finding> queue_ages::look(const std::vector<backlog>& now_waiting, time_point now) {
  std::vector<age_finding> found;
  std::map<std::uint64_t, mark> still;
  for (const auto& one : now_waiting) {
    const auto known = marks_.extract(one.id);
    if (!known || one.taken >= known.mapped().last) {
      if (known && known.mapped().told) found.push_back({one.id, one.name, true, {}});
      still.try_emplace(one.id, mark{one.name, one.taken + one.depth, now, false});
      continue;
    }
    auto& kept = still.try_emplace(one.id, std::move(known.mapped())).first->second;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - kept.since);
    if (age < limit_ || std::exchange(kept.told, true)) continue;
    found.push_back({one.id, one.name, false, age});
  }
  for (const auto& [id, gone] : marks_)
    if (gone.told) found.push_back({id, gone.name, true, {}});
  marks_ = std::move(still);
  return found;
}

} // namespace hive::actors
