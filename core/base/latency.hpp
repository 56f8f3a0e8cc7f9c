#pragma once
/// Durations counted in buckets that double: how long something takes, without keeping each time.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace hive {

/// What `latency` knows; zero when nothing was counted.
struct latency_summary {
  std::uint64_t count{0};
  std::chrono::nanoseconds total{0};
  std::chrono::nanoseconds p50{0}; ///< within a factor of 1.5
  std::chrono::nanoseconds p99{0}; ///< the same
  std::chrono::nanoseconds max{0}; ///< exact
  friend bool operator==(const latency_summary&, const latency_summary&) = default;
};

/// Two buckets an octave from 256 ns to 9 minutes; what is beyond counts in the first or the last.
/// Not thread-safe.
class latency {
 public:
  void add(std::chrono::nanoseconds took) noexcept;
  latency_summary summary() const noexcept;

 private:
  std::chrono::nanoseconds quantile(double share) const noexcept;

  std::array<std::uint32_t, 64> buckets_{};
  std::chrono::nanoseconds total_{0};
  std::chrono::nanoseconds max_{0};
};

} // namespace hive
