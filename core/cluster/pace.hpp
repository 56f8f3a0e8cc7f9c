#pragma once
/// How far this node can trust its own clockwork: a node that wakes late hears late, and must not
/// take its own slowness for others' silence.

#include "core/cluster/timing.hpp"

#include <algorithm>

namespace hive::cluster {

class pace {
 public:
  /// A wake-up came `by` too late, more than `timing::lateness`.
  void late(std::chrono::milliseconds by) noexcept {
    const auto steps = 1 + static_cast<int>(std::min<std::chrono::milliseconds::rep>(
                               by / timing::beat, timing::most_stretch));
    stretch_ = std::min(timing::most_stretch, stretch_ + steps);
  }
  /// A whole beat was in time.
  void in_time() noexcept { stretch_ = std::max(1, stretch_ - 1); }

  /// 1 (as it should be) to 8: by what own time-outs are multiplied.
  int stretch() const noexcept { return stretch_; }

 private:
  int stretch_{1};
};

} // namespace hive::cluster
