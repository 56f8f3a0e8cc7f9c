#pragma once
/// When to dial a peer again, and where. Pure: one per peer, the caller owns the clock.

#include "core/base/random.hpp"
#include "core/cluster/member.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hive::cluster {

/// Full jitter below a ceiling that doubles from 0.25 s to 30 s with each failure. Never gives up:
/// only a member that is forgotten or has left is not dialled any more.
class redial {
 public:
  using time = std::chrono::milliseconds;
  static constexpr time first_ceiling{250};
  static constexpr time last_ceiling{30'000};
  /// A link that held for so long forgives all failures before it.
  static constexpr time health{10'000};

  explicit redial(std::uint64_t seed) noexcept : random_(seed) {}

  /// A dial or a link failed. When to dial next. Causes that do not pass by themselves
  /// (wrong-cluster, bad-version, banned, tls) wait below the last ceiling at once.
  time failed(cause why, time now) noexcept;
  void connected(time now) noexcept { up_since_ = now; }
  /// Others reach it: what failed before says nothing any more.
  void forgive() noexcept { failures_ = 0; }
  int failures() const noexcept { return failures_; }
  /// Why it failed last.
  cause why() const noexcept { return why_; }
  /// The address for the next try: the advertised ones in turn, never the one a peer called from.
  const std::string* next_address(const profile& peer) noexcept;

 private:
  random_sequence random_;
  std::optional<time> up_since_;
  int failures_{0};
  std::size_t tried_{0};
  cause why_{cause::none};
};

} // namespace hive::cluster
