#include "core/job/retry.hpp"

#include <algorithm>
#include <limits>

namespace hive {

namespace {

using std::chrono::milliseconds;

/// A server's word is obeyed up to here; a longer one would be no wait but a standstill.
constexpr milliseconds longest_wait = std::chrono::hours{1};

/// Uniform in [0, most]; the bias of the remainder is far below a millisecond's worth.
milliseconds jitter(random_sequence& random, milliseconds most) noexcept {
  if (most.count() <= 0) return milliseconds{0};
  const auto span = static_cast<std::uint64_t>(most.count()) + 1;
  return milliseconds{static_cast<milliseconds::rep>(random.below(span))};
}

/// min(ceiling, first * 2^doublings), without overflow.
milliseconds reach(const retry_policy& policy, int doublings) noexcept {
  auto most = policy.first;
  for (int i = 0; i < doublings && most < policy.ceiling; ++i)
    most = most > policy.ceiling / 2 ? policy.ceiling : most * 2;
  return std::min(most, policy.ceiling);
}

} // namespace

retry_budget::retry_budget(retry_policy policy, std::uint64_t seed)
  : policy_(policy), random_(seed) {}

std::optional<milliseconds> retry_budget::wait_after(const failure& why) {
  if (!worth_retrying(why.code)) return std::nullopt;
  if (why.retry_after) {
    const auto told = std::clamp(*why.retry_after, std::chrono::seconds{0},
                                 std::chrono::duration_cast<std::chrono::seconds>(longest_wait));
    return milliseconds{told} + jitter(random_, std::chrono::seconds{1});
  }
  if (failures_ < std::numeric_limits<int>::max()) ++failures_;
  if (failures_ >= policy_.tries) return std::nullopt;
  return jitter(random_, reach(policy_, failures_ - 1));
}

} // namespace hive
