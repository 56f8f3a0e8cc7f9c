#include "core/limits/divided_rate.hpp"

#include <algorithm>

namespace hive::limits {

void divided_rate::use::turn_to(std::int64_t span_number) noexcept {
  const auto gone = span_number - number;
  if (gone <= 0) return;
  if (gone == 1)
    before = {before[1], now};
  else if (gone == 2)
    before = {now, 0};
  else
    before = {};
  now = 0;
  number = span_number;
}

std::uint64_t divided_rate::part_of(door which, time_point now) {
  const auto whole = whole_();
  if (whole == 0) return 0;
  const std::lock_guard hold{mutex_};
  auto& other = uses_[1 - static_cast<std::size_t>(which)];
  other.turn_to(now.time_since_epoch() / span);
  const auto most = std::max(other.before[0], other.before[1]);
  const auto used = most * static_cast<std::uint64_t>(std::chrono::seconds{1} / span);
  const auto half = std::max<std::uint64_t>(1, whole / 2);
  // Nearly half is half: one that takes all it may does not make the other's part waver.
  return used >= half - half / 8 ? half : whole - used;
}

void divided_rate::passed(door which, std::uint64_t bytes, time_point now) {
  const std::lock_guard hold{mutex_};
  auto& own = uses_[static_cast<std::size_t>(which)];
  own.turn_to(now.time_since_epoch() / span);
  own.now += bytes;
}

} // namespace hive::limits
