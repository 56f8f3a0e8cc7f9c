#pragma once
/// Seeded randomness that gives the same sequence everywhere: the standard's distributions differ
/// between libraries. Nothing here is secret or fit for secrets.

#include <cstdint>

namespace hive {

/// A well-mixed 64-bit value of `value` (the finaliser of splitmix64).
constexpr std::uint64_t mixed(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
  return value ^ (value >> 31);
}

/// splitmix64. Eight bytes of state; not thread-safe.
class random_sequence {
 public:
  explicit random_sequence(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept { return mixed(state_ += 0x9e3779b97f4a7c15ull); }
  /// Uniform in [0, end); 0 for an empty range. The bias of the remainder is below 2^-40 for ranges
  /// this program uses.
  std::uint64_t below(std::uint64_t end) noexcept { return end == 0 ? 0 : next() % end; }
  /// Whether an event of this probability (0 to 1) happens.
  bool chance(double probability) noexcept { return unit() < probability; }
  /// Uniform in [0, 1).
  double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

} // namespace hive
