#include "actors/reaching.hpp"

#include "actors/spelling.hpp"

#include <algorithm>

namespace hive::actors {

void reaching::wait_for(const std::vector<node_id>& who, std::function<void()> then) {
  if (who.empty() || waiting_.size() >= most_waiting) return then();
  const auto number = ++last_;
  const auto end = who.begin() + static_cast<std::ptrdiff_t>(std::min(who.size(), most_dialled));
  waiting_.emplace(number, question{{who.begin(), end}, std::move(then)});
  tell_later(self_, self_, limit, reach_overdue{number});
  std::for_each(who.begin(), end, dial_);
}

void reaching::settled(const node_id& who) {
  std::vector<std::function<void()>> answered;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    at->second.open.erase(who);
    if (!at->second.open.empty()) {
      ++at;
      continue;
    }
    answered.push_back(std::move(at->second.then));
    at = waiting_.erase(at);
  }
  for (const auto& then : answered) then();
}

void reaching::overdue(std::uint64_t number) {
  const auto at = waiting_.find(number);
  if (at == waiting_.end()) return;
  const auto then = std::move(at->second.then);
  waiting_.erase(at);
  then();
}

} // namespace hive::actors
