#pragma once
/// Bandwidth limits. Pure: the caller gives the time.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hive::transfer {

/// Fills at a rate up to a quarter of a second's worth (at least 64 KiB), starts empty.
class token_bucket {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `rate` in bytes per second, not 0.
  token_bucket(std::uint64_t rate, time_point now) : rate_(rate), filled_at_(now) {}

  std::uint64_t rate() const noexcept { return rate_; }
  void set_rate(std::uint64_t rate, time_point now);
  /// Bytes that may pass now; 0 below 50 ms' worth (at most 64 KiB), so that lanes do not go byte
  /// by byte.
  std::uint64_t allowance(time_point now);
  /// At most the allowance.
  void spend(std::uint64_t bytes, time_point now);
  /// Until the allowance is not 0 any more.
  std::chrono::milliseconds wait(time_point now);

 private:
  void fill(time_point now);
  double burst() const noexcept;
  double quantum() const noexcept;

  std::uint64_t rate_;
  double level_{0};
  time_point filled_at_;
};

/// The node's bucket ("") and one per job. No bucket: no limit.
class bandwidth {
 public:
  using time_point = token_bucket::time_point;

  /// 0 lifts the limit.
  void limit(const std::string& bucket, std::uint64_t rate, time_point now);
  /// What bytes charged to `jobs` may pass: held by the node's bucket and by the most generous
  /// job's.
  std::uint64_t allowance(const std::vector<std::string>& jobs, time_point now);
  void spend(const std::vector<std::string>& jobs, std::uint64_t bytes, time_point now);
  std::chrono::milliseconds wait(const std::vector<std::string>& jobs, time_point now);

 private:
  std::vector<token_bucket*> held_by(const std::vector<std::string>& jobs);

  std::map<std::string, token_bucket> buckets_;
};

} // namespace hive::transfer
