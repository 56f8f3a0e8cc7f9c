#pragma once
/// How many lanes one origin gets: doubled while that brings more bytes, halved to see whether
/// fewer do as well, halved when the whole collapses or when this node is what holds them up; kept
/// below what the server refused. Pure: told once per sample what the lanes did.

#include <cstddef>
#include <cstdint>
#include <optional>

namespace hive::transfer {

/// What the lanes of one origin did since the sample before.
struct lane_sample {
  double seconds{0};
  std::uint64_t bytes{0};
  std::size_t open{0}; ///< most of them at once
  double held{0};      ///< share of their time spent waiting for blocks of memory
  bool limited{false}; ///< a bandwidth limit held some: the rate says nothing of the origin
};

class lane_pace {
 public:
  lane_pace(std::size_t start, std::size_t most);

  std::size_t allowed() const noexcept { return allowed_; }
  void sample(const lane_sample& now);
  /// The server refused a lane beside `others`: no more than those for a while, longer each time.
  void crowded(std::size_t others) noexcept;

 private:
  enum class trial : std::uint8_t { none, more, fewer };

  std::size_t limit() const noexcept;
  void measure(const lane_sample& now);
  void note_other_count(const lane_sample& now);
  void settle();
  void try_more();
  void judge_more();
  void try_fewer();
  void judge_fewer();
  void set(std::size_t lanes, trial next);

  std::size_t most_;
  std::size_t allowed_;
  std::size_t ceiling_;    ///< what the server took when it last refused
  double ceiling_left_{0}; ///< seconds it still holds
  double ceiling_seconds_; ///< how long the next one holds

  trial trial_{trial::none};
  std::size_t before_{0};            ///< lanes before the trial
  double base_{0};                   ///< bytes per second before the trial
  double rate_{0};                   ///< smoothed, bytes per second
  double best_{0};                   ///< of the present number of lanes
  double held_{0};                   ///< smoothed
  double since_{0};                  ///< seconds the present number has been in full use
  std::optional<double> poor_since_; ///< of `since_`: below half of the best
  double excess_{0};                 ///< seconds more than allowed were open
  double rest_{0};                   ///< seconds until more are tried again
};

} // namespace hive::transfer
