#include "core/limits/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace hive::limits {

double token_bucket::capacity() const noexcept {
  return std::max(static_cast<double>(portion()), static_cast<double>(rate_) / 10);
}

std::uint64_t token_bucket::portion() const noexcept {
  const auto least = std::clamp<std::uint64_t>(rate_ / 20, 1, 1024);
  return std::max(rate_ / 100, least);
}

void token_bucket::fill(time_point now) {
  if (now <= filled_at_) return;
  const std::chrono::duration<double> passed = now - filled_at_;
  level_ = std::min(capacity(), level_ + passed.count() * static_cast<double>(rate_));
  filled_at_ = now;
}

void token_bucket::set_rate(std::uint64_t rate, time_point now) {
  fill(now);
  rate_ = rate;
  level_ = std::min(level_, capacity());
}

std::uint64_t token_bucket::level(time_point now) {
  fill(now);
  return static_cast<std::uint64_t>(std::max(level_, 0.0));
}

void token_bucket::spend(std::uint64_t bytes, time_point now) {
  fill(now);
  level_ -= static_cast<double>(bytes);
}

std::chrono::milliseconds token_bucket::wait(time_point now) {
  fill(now);
  const auto lacking = static_cast<double>(portion()) - level_;
  if (lacking <= 0) return std::chrono::milliseconds{0};
  const auto ms = std::ceil(lacking * 1000 / static_cast<double>(rate_));
  return std::chrono::milliseconds{static_cast<std::int64_t>(ms)};
}

} // namespace hive::limits
