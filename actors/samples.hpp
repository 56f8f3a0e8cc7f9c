#pragma once
/// What actors had done at several instants, so that rates and growth over a window can be told.
/// Pure: the caller gives the time.

#include "actors/inspection.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <unordered_map>

namespace hive::actors {

struct sample {
  std::uint64_t handled{0};
  std::uint64_t depth{0};
  std::chrono::nanoseconds busy{0};
};

class samples {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using moment = std::unordered_map<std::uint64_t, sample>;

  /// Drops what is older than `longest_window` and a little.
  void take(moment all, time_point now);
  void forget() { kept_.clear(); }
  /// How long ago the youngest sample of at least this age was taken; 0: there is none so old.
  std::chrono::milliseconds reach(std::chrono::milliseconds window, time_point now) const;
  /// Fills rate, busy and growth from the sample that was taken `window` ago, which `reach` gave.
  /// Who came later gets nothing.
  void compare(actor_facts& now_seen, const sample& is, std::chrono::milliseconds window,
               time_point now) const;
  bool empty() const noexcept { return kept_.empty(); }
  std::chrono::milliseconds age_of_last(time_point now) const;

 private:
  struct kept {
    time_point when;
    moment all;
  };
  std::deque<kept> kept_;
};

} // namespace hive::actors
