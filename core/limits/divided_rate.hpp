#pragma once
/// One rate for the two doors by which bytes leave, each with a thread and a bucket of its own: a
/// door may pass what the other leaves over, and half of the rate at least.

#include "core/limits/token_bucket.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

namespace hive::limits {

/// Replies of the HTTP door, and pieces for peers.
enum class door : std::uint8_t { replies = 0, pieces = 1 };

/// Any thread. What the other uses is known a second late: for so long the two may pass half of the
/// rate more than it when one begins, and less when one ends.
class divided_rate {
 public:
  /// `whole`: bytes per second of both together, 0: no limit; called by every thread, often.
  explicit divided_rate(std::function<std::uint64_t()> whole) : whole_(std::move(whole)) {}

  /// Bytes per second, 0: no limit. Changes twice a second at most, unless the whole has changed.
  std::uint64_t part_of(door which, time_point now);
  void passed(door which, std::uint64_t bytes, time_point now);

 private:
  static constexpr std::chrono::milliseconds span{500};

  struct use {
    std::int64_t number{0};                ///< of the span that `now` counts in
    std::uint64_t now{0};                  ///< bytes
    std::array<std::uint64_t, 2> before{}; ///< in the two spans before it

    void turn_to(std::int64_t span_number) noexcept;
  };

  std::function<std::uint64_t()> whole_;
  std::mutex mutex_;
  std::array<use, 2> uses_;
};

} // namespace hive::limits
