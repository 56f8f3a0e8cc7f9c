#include "core/job/progress.hpp"

namespace hive {

namespace {

constexpr std::chrono::seconds window{5};
/// Samples closer than this replace each other, which bounds their number.
constexpr std::chrono::milliseconds spacing{100};

} // namespace

void rate_meter::sample(time_point now, std::uint64_t received) {
  if (!samples_.empty() && (received < samples_.back().second || now < samples_.back().first)) {
    // A new run: nothing of the old one says how fast this one is.
    samples_.clear();
  }
  if (samples_.empty() || received > samples_.back().second) last_byte_ = now;
  if (samples_.size() > 1 && now - samples_[samples_.size() - 2].first < spacing) {
    samples_.back() = {now, received};
  } else {
    samples_.emplace_back(now, received);
  }
  // The last sample outside the window stays: the rate covers the whole window.
  while (samples_.size() > 2 && now - samples_[1].first >= window) samples_.pop_front();
}

std::uint64_t rate_meter::rate() const noexcept {
  if (samples_.size() < 2) return 0;
  const std::chrono::duration<double> span = samples_.back().first - samples_.front().first;
  if (span.count() <= 0) return 0;
  const auto bytes = static_cast<double>(samples_.back().second - samples_.front().second);
  return static_cast<std::uint64_t>(bytes / span.count());
}

std::optional<std::chrono::seconds> rate_meter::eta(std::uint64_t left) const noexcept {
  if (left == 0) return std::chrono::seconds{0};
  const auto speed = rate();
  if (speed == 0) return std::nullopt;
  const auto whole = left / speed + (left % speed != 0 ? 1 : 0);
  constexpr std::uint64_t sensible = 100ull * 365 * 24 * 3600;
  if (whole > sensible) return std::nullopt;
  return std::chrono::seconds{static_cast<std::int64_t>(whole)};
}

std::chrono::milliseconds rate_meter::still(time_point now) const noexcept {
  if (samples_.empty() || now <= last_byte_) return std::chrono::milliseconds{0};
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - last_byte_);
}

} // namespace hive
