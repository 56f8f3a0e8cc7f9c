#pragma once
/// How fast one lane is, and for how long it has been far below the best. Pure.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

namespace hive::transfer {

class lane_speed {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr double far_below = 1.0 / 8; ///< of the best
  static constexpr double least = 1024;        ///< bytes per second: slow without a comparison
  static constexpr double memory = 2;          ///< seconds

  lane_speed(time_point now, std::uint64_t at) : seen_(now), at_(at) {}

  /// Bytes per second, smoothed over about two seconds.
  double rate() const noexcept { return weight_ > 0 ? sum_ / weight_ : 0; }

  /// Half a second was seen: a beginning says nothing, neither bytes that have waited nor none.
  bool is_known() const noexcept { return weight_ > 1 - std::exp(-0.5 / memory); }

  /// At byte `at` now. `held`: this node kept it waiting, so that its rate says nothing.
  void sample(time_point now, std::uint64_t at, bool held) noexcept {
    const std::chrono::duration<double> passed = now - seen_;
    if (passed.count() <= 0) return;
    const auto fresh = static_cast<double>(at - at_) / passed.count();
    seen_ = now;
    at_ = at;
    if (held) return slow_since_.reset();
    const auto share = 1 - std::exp(-passed.count() / memory);
    sum_ += (fresh - sum_) * share;
    weight_ += (1 - weight_) * share;
  }

  /// How long it has been far below `best`, or below the least.
  std::chrono::duration<double> slow_for(double best) noexcept {
    if (rate() >= std::max(best * far_below, least))
      slow_since_.reset();
    else if (!slow_since_)
      slow_since_ = seen_;
    return slow_since_ ? seen_ - *slow_since_ : std::chrono::duration<double>{0};
  }

 private:
  time_point seen_;
  std::uint64_t at_;
  double sum_{0};
  double weight_{0}; ///< of what was seen in the sum; makes up for its beginning at nothing
  std::optional<time_point> slow_since_;
};

} // namespace hive::transfer
