#include "actors/population.hpp"

#include "core/base/redact.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hive::actors {
namespace {

constexpr std::size_t most_untaken = 64;
constexpr std::chrono::seconds sentry_limit{15};

} // namespace

void population::enter(resident who, caf::actor_addr at) {
  const std::lock_guard hold{mutex_};
  counts_.try_emplace(who.name, crash_count{who.name, 0, {}});
  const auto id = who.id;
  residents_.insert_or_assign(id, entry{std::move(who), std::move(at)});
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
  for (const auto& [id, one] : residents_) all.push_back(one.who);
  return all;
}

std::size_t population::count(const std::string& name) const {
  const std::lock_guard hold{mutex_};
  return static_cast<std::size_t>(std::ranges::count_if(
      residents_, [&](const auto& one) { return one.second.who.name == name; }));
}

caf::actor population::find(std::uint64_t id) const {
  caf::actor_addr at;
  {
    const std::lock_guard hold{mutex_};
    if (const auto found = residents_.find(id); found != residents_.end()) at = found->second.at;
  }
  return caf::actor_cast<caf::actor>(caf::actor_cast<caf::strong_actor_ptr>(at));
}

void population::crashed(std::uint64_t id, const std::string& name, failure why) {
  why.detail = redact(why.detail);
  const std::lock_guard hold{mutex_};
  auto& counted = counts_.try_emplace(name, crash_count{name, 0, {}}).first->second;
  ++counted.crashes;
  counted.last = why.detail;
  crashes_.push_back({id, name, std::move(why)});
  if (crashes_.size() > most_untaken) crashes_.pop_front();
}

std::vector<crash> population::take_crashes() {
  const std::lock_guard hold{mutex_};
  const auto taken = std::exchange(crashes_, {});
  return {taken.begin(), taken.end()};
}

std::vector<crash_count> population::crash_counts() const {
  const std::lock_guard hold{mutex_};
  std::vector<crash_count> all;
  for (const auto& [name, counted] : counts_) all.push_back(counted);
  return all;
}

void population::set_silent(std::vector<std::string> sentences, std::optional<time_point> looked) {
  const std::lock_guard hold{mutex_};
  silent_ = std::move(sentences);
  looked_ = looked;
}

std::vector<std::string> population::silent(time_point now) const {
  const std::lock_guard hold{mutex_};
  auto all = silent_;
  if (!looked_ || now - *looked_ < sentry_limit) return all;
  const auto time = std::chrono::duration_cast<std::chrono::seconds>(now - *looked_);
  all.push_back("the sentry has not looked for silent actors for " + std::to_string(time.count()) +
                " s");
  return all;
}

} // namespace hive::actors
