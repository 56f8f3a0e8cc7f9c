#include "core/transfer/token_bucket.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hive::transfer {

namespace {

constexpr double least_burst = 64.0 * 1024;

} // namespace

double token_bucket::burst() const noexcept {
  return std::max(least_burst, static_cast<double>(rate_) / 4);
}

double token_bucket::quantum() const noexcept {
  return std::clamp(static_cast<double>(rate_) / 20, 1.0, least_burst);
}

void token_bucket::fill(time_point now) {
  if (now <= filled_at_) return;
  const std::chrono::duration<double> passed = now - filled_at_;
  level_ = std::min(burst(), level_ + passed.count() * static_cast<double>(rate_));
  filled_at_ = now;
}

void token_bucket::set_rate(std::uint64_t rate, time_point now) {
  fill(now);
  rate_ = rate;
  level_ = std::min(level_, burst());
}

std::uint64_t token_bucket::allowance(time_point now) {
  fill(now);
  return level_ < quantum() ? 0 : static_cast<std::uint64_t>(level_);
}

void token_bucket::spend(std::uint64_t bytes, time_point now) {
  fill(now);
  level_ -= static_cast<double>(bytes);
}

std::chrono::milliseconds token_bucket::wait(time_point now) {
  fill(now);
  const auto lacking = quantum() - level_;
  if (lacking <= 0) return std::chrono::milliseconds{0};
  const auto ms = std::ceil(lacking * 1000 / static_cast<double>(rate_));
  return std::chrono::milliseconds{static_cast<std::int64_t>(ms)};
}

void bandwidth::limit(const std::string& bucket, std::uint64_t rate, time_point now) {
  const auto found = buckets_.find(bucket);
  if (rate == 0) {
    buckets_.erase(bucket);
  } else if (found == buckets_.end()) {
    buckets_.emplace(bucket, token_bucket{rate, now});
  } else {
    found->second.set_rate(rate, now);
  }
}

std::vector<token_bucket*> bandwidth::held_by(const std::vector<std::string>& jobs) {
  std::vector<token_bucket*> held;
  if (const auto node = buckets_.find(std::string{}); node != buckets_.end()) {
    held.push_back(&node->second);
  }
  token_bucket* generous = nullptr;
  for (const auto& job : jobs) {
    const auto found = buckets_.find(job);
    if (found == buckets_.end()) return held;
    if (generous == nullptr || found->second.rate() > generous->rate()) generous = &found->second;
  }
  if (generous != nullptr) held.push_back(generous);
  return held;
}

std::uint64_t bandwidth::allowance(const std::vector<std::string>& jobs, time_point now) {
  auto least = std::numeric_limits<std::uint64_t>::max();
  if (buckets_.empty()) return least;
  for (auto* bucket : held_by(jobs)) least = std::min(least, bucket->allowance(now));
  return least;
}

void bandwidth::spend(const std::vector<std::string>& jobs, std::uint64_t bytes, time_point now) {
  if (buckets_.empty()) return;
  for (auto* bucket : held_by(jobs)) bucket->spend(bytes, now);
}

std::chrono::milliseconds bandwidth::wait(const std::vector<std::string>& jobs, time_point now) {
  std::chrono::milliseconds longest{0};
  for (auto* bucket : held_by(jobs)) longest = std::max(longest, bucket->wait(now));
  return longest;
}

} // namespace hive::transfer
