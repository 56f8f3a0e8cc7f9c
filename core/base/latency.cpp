#include "core/base/latency.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace hive {
namespace {

constexpr int first_octave = 8; // 2^8 ns

/// The bucket's lower bound is 2^octave, or one and a half times that.
std::size_t bucket_of(std::uint64_t ns, std::size_t count) noexcept {
  const auto octave = ns == 0 ? 0 : static_cast<int>(std::bit_width(ns)) - 1;
  if (octave < first_octave) return 0;
  const auto upper_half = (ns >> (octave - 1)) & 1U;
  return std::min(2 * static_cast<std::size_t>(octave - first_octave) + upper_half, count - 1);
}

std::int64_t upper_bound_of(std::size_t bucket) noexcept {
  const auto octave = first_octave + static_cast<int>(bucket / 2);
  const auto base = std::int64_t{1} << octave;
  return bucket % 2 == 0 ? base + base / 2 : 2 * base;
}

} // namespace

void latency::add(std::chrono::nanoseconds took) noexcept {
  took = std::max(took, std::chrono::nanoseconds{0});
  auto& bucket = buckets_[bucket_of(static_cast<std::uint64_t>(took.count()), buckets_.size())];
  if (bucket < std::numeric_limits<std::uint32_t>::max()) ++bucket;
  total_ += took;
  max_ = std::max(max_, took);
}

std::chrono::nanoseconds latency::quantile(double share) const noexcept {
  std::uint64_t count = 0;
  for (const auto n : buckets_) count += n;
  const auto wanted = static_cast<double>(count) * share;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > 0 && static_cast<double>(seen) >= wanted)
      return std::min(std::chrono::nanoseconds{upper_bound_of(i)}, max_);
  }
  return max_;
}

latency_summary latency::summary() const noexcept {
  latency_summary all;
  for (const auto n : buckets_) all.count += n;
  if (all.count == 0) return all;
  all.total = total_;
  all.p50 = quantile(0.5);
  all.p99 = quantile(0.99);
  all.max = max_;
  return all;
}

} // namespace hive
