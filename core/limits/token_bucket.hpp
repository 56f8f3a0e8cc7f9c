#pragma once
/// A token bucket: fills at a rate, is emptied by bytes that pass. Pure: the caller gives the time.

#include <chrono>
#include <cstdint>

namespace hive::limits {

using time_point = std::chrono::steady_clock::time_point;

/// Starts empty. Holds at most a tenth of a second's worth: after a rest no window of five seconds
/// is exceeded by more than 2 %.
class token_bucket {
 public:
  /// `rate` in bytes per second, not 0.
  token_bucket(std::uint64_t rate, time_point now) : rate_(rate), filled_at_(now) {}

  std::uint64_t rate() const noexcept { return rate_; }
  void set_rate(std::uint64_t rate, time_point now);
  /// Whole bytes that may pass now.
  std::uint64_t level(time_point now);
  /// At most the level.
  void spend(std::uint64_t bytes, time_point now);
  /// What is worth waking somebody for: 10 ms' worth, or for low rates 50 ms' worth up to 1 KiB.
  std::uint64_t portion() const noexcept;
  /// Until the level is a portion.
  std::chrono::milliseconds wait(time_point now);

 private:
  void fill(time_point now);
  double capacity() const noexcept;

  std::uint64_t rate_;
  double level_{0};
  time_point filled_at_;
};

} // namespace hive::limits
