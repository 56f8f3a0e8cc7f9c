#pragma once
/// Progress of bytes: counters that only grow, and a meter that turns them into rate and ETA.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace hive {

/// Bytes. received >= durable >= 0; all but `discarded` count content positions once, so they never
/// exceed total; `discarded` is what came over the wire and was thrown away (restart, bad range).
/// `wan` and `peers` are what came over the wire in all, from vendors and from nodes of the hive.
struct byte_counts {
  std::uint64_t received{0};
  std::uint64_t durable{0};
  std::uint64_t verified{0};
  std::uint64_t discarded{0};
  std::uint64_t wan{0};
  std::uint64_t peers{0};
  friend bool operator==(const byte_counts&, const byte_counts&) = default;
};

struct file_progress {
  std::string path;
  byte_counts counts;
  std::optional<std::uint64_t> total;
  friend bool operator==(const file_progress&, const file_progress&) = default;
};

/// A whole job's progress as events and the API show it.
struct job_progress {
  byte_counts counts;
  std::optional<std::uint64_t> total;
  std::uint64_t rate{0};                   ///< bytes per second over the meter's window
  std::optional<std::chrono::seconds> eta; ///< empty while unknown or stalled
  std::vector<file_progress> files;
  friend bool operator==(const job_progress&, const job_progress&) = default;
};

/// Rate over a sliding window of 5 s. Pure: the caller gives the time.
class rate_meter {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  /// Bytes received so far in this run (monotone), at `now`.
  void sample(time_point now, std::uint64_t received);
  std::uint64_t rate() const noexcept;
  std::optional<std::chrono::seconds> eta(std::uint64_t left) const noexcept;
  /// Since when no byte has arrived.
  std::chrono::milliseconds still(time_point now) const noexcept;

 private:
  std::deque<std::pair<time_point, std::uint64_t>> samples_;
  time_point last_byte_{};
};

} // namespace hive
