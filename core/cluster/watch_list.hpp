#pragma once
/// Whom this node watches: its next successors on the ring until enough of them answer, and those
/// in between that do not.

#include "core/cluster/roster.hpp"
#include "core/cluster/timing.hpp"

#include <vector>

namespace hive::cluster {

struct watch {
  using time = std::chrono::milliseconds;

  std::uint64_t ring{0};
  time heard{};         ///< any frame of it, or when the watch began
  bool answered{false}; ///< since the watch began
  time vouched{-1};     ///< another heard it for us; -1: nobody did
  time probed{-1};      ///< others were last asked; -1: never
  bool suspected{false};
  bool asked{false}; ///< a ping went out since the watch began
  /// Incarnation this node called unreachable for a failed link. Once is enough: when the member
  /// contradicts, a failing link is a matter between the two.
  std::uint64_t blamed{0};
  bool has_blamed{false};
};

class watch_list {
 public:
  using time = watch::time;

  /// Walks the ring from `self` and keeps, adds and drops watches. `stretch` as in `pace`.
  void arrange(const roster& table, std::uint64_t self, time now, int stretch);
  /// Null when it is not watched.
  watch* find(std::uint64_t ring) noexcept;
  std::vector<watch>& all() noexcept { return watches_; }
  const std::vector<watch>& all() const noexcept { return watches_; }
  /// This node slept for so long: nobody's silence.
  void credit(time slept) noexcept;
  /// Begins every silence anew.
  void restart(time now) noexcept;

 private:
  void widen(const roster& table, time now, int stretch);
  void keep(std::uint64_t ring, time now);

  std::vector<watch> watches_; ///< by ring position
  std::vector<watch> next_;
  std::size_t wanted_{timing::watched};
};

} // namespace hive::cluster
