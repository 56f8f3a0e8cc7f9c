#pragma once
/// So much in a second and no more, of what others set the pace of. Pure; one owner.

#include <chrono>
#include <cstddef>

namespace hive::discovery {

class allowance {
 public:
  using time = std::chrono::milliseconds; ///< steady

  explicit allowance(std::size_t most) : most_(most) {}

  bool left(time now) noexcept {
    if (now >= renewed_at()) {
      second_ = now;
      taken_ = 0;
    }
    return taken_ < most_;
  }
  /// False, and nothing is taken, when none is left.
  bool take(time now) noexcept { return left(now) && ++taken_ > 0; }
  /// When all of it is there again.
  time renewed_at() const noexcept { return second_ + std::chrono::seconds{1}; }

 private:
  std::size_t most_;
  time second_{std::chrono::seconds{-1}};
  std::size_t taken_{0}; ///< in the second
};

} // namespace hive::discovery
