#include "core/transfer/lane_pace.hpp"

#include <algorithm>
#include <cmath>

namespace hive::transfer {

namespace {

// Seconds.
constexpr double rate_memory = 0.15; ///< time constant of the smoothed rate
constexpr double held_memory = 0.3;  ///< the same for the share of time lanes are held up
constexpr double first_look = 0.2;   ///< in full use before anything is concluded
constexpr double last_look = 2;      ///< connections may still be growing until then
constexpr double collapse_after = 1.5;
constexpr double rest_settled = 30; ///< between two tries of more when the last brought nothing
constexpr double rest_collapsed = 10;
constexpr double rest_held = 3;
constexpr double excess_stays = 3;
constexpr double first_ceiling = 60;
constexpr double longest_ceiling = 900;

// Ratios.
constexpr double worth_doubling = 1.25; ///< growth for twice the lanes
constexpr double as_good = 0.9;         ///< of the rate before, with half the lanes
constexpr double collapsed = 0.5;       ///< of the best
constexpr double held_up = 0.5;
constexpr double hardly_held = 0.25;

double blend(double old, double fresh, double seconds, double memory) {
  return old + (fresh - old) * (1 - std::exp(-seconds / memory));
}

} // namespace

lane_pace::lane_pace(std::size_t start, std::size_t most)
  : most_(std::max<std::size_t>(most, 1)), allowed_(std::clamp<std::size_t>(start, 1, most_)),
    ceiling_(most_), ceiling_seconds_(first_ceiling) {}

std::size_t lane_pace::limit() const noexcept {
  return ceiling_left_ > 0 ? std::min(most_, ceiling_) : most_;
}

void lane_pace::crowded(std::size_t others) noexcept {
  ceiling_ = std::clamp<std::size_t>(others, 1, most_);
  // Several lanes refused at once are one refusal: it lasts no longer for their number.
  if (ceiling_left_ <= 0) {
    ceiling_left_ = ceiling_seconds_;
    ceiling_seconds_ = std::min(ceiling_seconds_ * 2, longest_ceiling);
  }
  set(std::min(allowed_, ceiling_), trial::none);
}

void lane_pace::set(std::size_t lanes, trial next) {
  allowed_ = std::clamp<std::size_t>(lanes, 1, most_);
  trial_ = next;
  since_ = best_ = excess_ = 0;
  poor_since_.reset();
}

void lane_pace::measure(const lane_sample& now) {
  rate_ = blend(rate_, static_cast<double>(now.bytes) / now.seconds, now.seconds, rate_memory);
  held_ = blend(held_, now.held, now.seconds, held_memory);
  rest_ = std::max(0.0, rest_ - now.seconds);
  ceiling_left_ = std::max(0.0, ceiling_left_ - now.seconds);
}

void lane_pace::sample(const lane_sample& now) {
  if (now.seconds <= 0) return;
  measure(now);
  if (now.limited) return set(allowed_, trial::none);
  if (now.open != allowed_) return note_other_count(now);
  excess_ = 0;
  since_ += now.seconds;
  if (since_ < first_look) return;
  if (held_ > held_up) {
    if (allowed_ == 1) return;
    rest_ = rest_held;
    return set(allowed_ / 2, trial::none);
  }
  switch (trial_) {
  case trial::none: return settle();
  case trial::more: return judge_more();
  case trial::fewer: return judge_fewer();
  }
}

/// Fewer than allowed say nothing about more. More than allowed are about to end, or were led here
/// from other origins: when they stay, they are what is judged.
void lane_pace::note_other_count(const lane_sample& now) {
  if (now.open < allowed_ || trial_ != trial::none) return;
  excess_ += now.seconds;
  if (excess_ >= excess_stays) set(std::min(now.open, limit()), trial::none);
}

void lane_pace::settle() {
  best_ = std::max(best_, rate_);
  if (rate_ < best_ * collapsed && held_ < hardly_held) {
    if (!poor_since_) poor_since_ = since_;
    if (since_ - *poor_since_ < collapse_after) return;
    rest_ = rest_collapsed;
    return set(allowed_ / 2, trial::none);
  }
  poor_since_.reset();
  if (rest_ <= 0 && allowed_ < limit() && held_ < hardly_held) try_more();
}

void lane_pace::try_more() {
  before_ = allowed_;
  base_ = rate_;
  set(std::min(allowed_ * 2, limit()), trial::more);
}

void lane_pace::judge_more() {
  const auto times = static_cast<double>(allowed_) / static_cast<double>(before_);
  if (rate_ >= base_ * (1 + (worth_doubling - 1) * (times - 1))) return set(allowed_, trial::none);
  if (since_ < last_look) return;
  rest_ = rest_settled;
  allowed_ = before_;
  try_fewer();
}

void lane_pace::try_fewer() {
  if (allowed_ == 1) return set(1, trial::none);
  before_ = allowed_;
  set(allowed_ / 2, trial::fewer);
}

void lane_pace::judge_fewer() {
  if (rate_ < base_ * as_good) return set(before_, trial::none);
  if (since_ >= last_look) try_fewer();
}

} // namespace hive::transfer
