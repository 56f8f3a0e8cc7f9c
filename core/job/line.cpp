#include "core/job/line.hpp"

#include <algorithm>
#include <limits>

namespace hive {

namespace {

/// Between two milliseconds of creation, and before the first or after the last of a line.
constexpr std::int64_t gap = 1024;

bool goes_before(const line_place& a, const line_place& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  return a.rank != b.rank ? a.rank < b.rank : a.id < b.id;
}

std::int64_t between(const line_place* before, const line_place* after) {
  if (before && after) return before->rank + (after->rank - before->rank) / 2;
  if (before) return before->rank + gap;
  return after ? after->rank - gap : 0;
}

} // namespace

line_place place_of(const job_record& job) {
  const std::int64_t created = job.created.time_since_epoch().count();
  return {job.asked.priority, job.rank.value_or(created * gap), job.id};
}

void job_line::put(line_place at) {
  places_.insert(std::ranges::upper_bound(places_, at, goes_before), std::move(at));
}

void job_line::erase(const line_place& at) {
  const auto found = std::ranges::lower_bound(places_, at, goes_before);
  if (found != places_.end() && *found == at) places_.erase(found);
}

std::size_t job_line::position_of(const line_place& at) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(places_, at, goes_before) -
                                  places_.begin()) +
         1;
}

std::vector<line_place> job_line::to_move(const line_place& who, std::size_t position) const {
  auto others = places_;
  std::erase(others, who);
  const auto at = std::min(std::max<std::size_t>(position, 1) - 1, others.size());
  const auto* before = at > 0 ? &others[at - 1] : nullptr;
  const auto* after = at < others.size() ? &others[at] : nullptr;

  auto moved = who;
  moved.priority =
      std::clamp(who.priority, after ? after->priority : std::numeric_limits<std::int64_t>::min(),
                 before ? before->priority : std::numeric_limits<std::int64_t>::max());
  const auto equal = [&](const line_place* other) {
    return other && other->priority == moved.priority ? other : nullptr;
  };
  before = equal(before);
  after = equal(after);
  moved.rank = between(before, after);
  if (before && moved.rank <= before->rank) moved.rank = before->rank + 1;

  std::vector<line_place> changes{moved};
  for (auto next = at; next < others.size(); ++next) {
    auto& one = others[next];
    if (one.priority != moved.priority || one.rank > changes.back().rank) break;
    one.rank = changes.back().rank + 1;
    changes.push_back(one);
  }
  return changes;
}

} // namespace hive
