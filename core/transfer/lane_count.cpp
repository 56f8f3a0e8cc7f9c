#include "core/transfer/lane_count.hpp"

#include <algorithm>

namespace hive::transfer {

namespace {

constexpr double worth_a_lane = 1.05; ///< growth that lets another lane try
constexpr int patience = 3;           ///< poor samples before stepping down

} // namespace

lane_count::lane_count(std::size_t start, std::size_t most)
  : most_(std::max<std::size_t>(most, 1)), allowed_(std::clamp<std::size_t>(start, 1, most_)) {}

void lane_count::sample(double rate, std::size_t open) {
  if (open < allowed_) return; // says nothing about more lanes
  if (rate > best_ * worth_a_lane) {
    best_ = rate;
    poor_ = 0;
    allowed_ = std::min(allowed_ + 1, most_);
  } else if (rate < best_ / 2) {
    if (++poor_ < patience) return;
    best_ = rate;
    poor_ = 0;
    allowed_ = std::max<std::size_t>(allowed_ / 2, 1);
  } else {
    poor_ = 0;
  }
}

void lane_count::calm() noexcept {
  allowed_ = 1;
  best_ = 0;
  poor_ = 0;
}

void lane_count::only_one() noexcept {
  most_ = 1;
  calm();
}

} // namespace hive::transfer
