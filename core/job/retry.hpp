#pragma once
/// Back-off with full jitter, as a value: the caller owns the clock and the randomness.

#include "core/base/random.hpp"
#include "core/base/result.hpp"

#include <chrono>
#include <cstdint>

namespace hive {

struct retry_policy {
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds ceiling{std::chrono::seconds{60}};
  int tries{6}; ///< failures in a row without progress before giving up
  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

/// Failures in a row; progress forgives all of them.
class retry_budget {
 public:
  explicit retry_budget(retry_policy policy, std::uint64_t seed);

  /// How long to wait before the next try after `why`, or empty when the budget is spent or `why`
  /// is not worth retrying. A server's own word (failure::retry_after) is obeyed, plus up to one
  /// second of jitter, and does not count as a try (docs of retry matrix: rate limits are not
  /// failures).
  std::optional<std::chrono::milliseconds> wait_after(const failure& why);
  void progress() noexcept { failures_ = 0; }
  int failures() const noexcept { return failures_; }

 private:
  retry_policy policy_;
  int failures_{0};
  random_sequence random_;
};

} // namespace hive
