#include "actors/queue_ages.hpp"

#include <utility>

namespace hive::actors {

std::vector<age_finding> queue_ages::look(const std::vector<backlog>& now_waiting, time_point now) {
  std::vector<age_finding> found;
  std::map<std::uint64_t, queue> still;
  for (const auto& one : now_waiting) {
    auto known = queues_.extract(one.id);
    auto& q = still.try_emplace(one.id).first->second;
    if (known) q = std::move(known.mapped());
    q.name = one.name;
    std::erase_if(q.marks, [&](const mark& m) { return m.last <= one.taken; });
    q.marks.push_back({one.taken + one.depth, now});
    // As many as there are looks within the limit and one beyond: that one says it all.
    while (q.marks.size() > 2 && now - q.marks[1].since >= limit_)
      q.marks.erase(q.marks.begin() + 1);
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - q.marks.front().since);
    if (const bool old = age >= limit_; old != std::exchange(q.told, old))
      found.push_back({one.id, one.name, !old, old ? age : std::chrono::seconds{0}});
  }
  for (const auto& [id, gone] : queues_)
    if (gone.told) found.push_back({id, gone.name, true, {}});
  queues_ = std::move(still);
  return found;
}

} // namespace hive::actors
