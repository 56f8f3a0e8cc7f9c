#include "actors/population.hpp"

#include <algorithm>
#include <utility>

namespace hive::actors {

void population::enter(resident who) {
  const std::lock_guard hold{mutex_};
  const auto id = who.id;
  residents_.insert_or_assign(id, std::move(who));
}

void population::leave(std::uint64_t id) noexcept {
  const std::lock_guard hold{mutex_};
  residents_.erase(id);
}

std::size_t population::size() const {
  const std::lock_guard hold{mutex_};
  return residents_.size();
}

std::vector<resident> population::list() const {
  const std::lock_guard hold{mutex_};
  std::vector<resident> all;
  all.reserve(residents_.size());
  for (const auto& [id, who] : residents_) all.push_back(who);
  return all;
}

std::size_t population::count(const std::string& name) const {
  const std::lock_guard hold{mutex_};
  return static_cast<std::size_t>(std::ranges::count_if(
      residents_, [&](const auto& entry) { return entry.second.name == name; }));
}

} // namespace hive::actors
