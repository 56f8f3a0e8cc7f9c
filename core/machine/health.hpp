#pragma once
/// Health, derived from facts and nothing else. Pure.

#include "core/machine/reading.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::machine {

enum class ailment : std::uint8_t {
  disk_low,
  memory_low,
  clock_jumped,
  restarted,
  actor_silent,
  held_up
};
/// "disk-low", …
std::string_view to_string(ailment what) noexcept;

/// Why a node is degraded.
struct reason {
  ailment what{ailment::disk_low};
  std::string human; ///< with the figures
  friend bool operator==(const reason&, const reason&) = default;
};

/// All of them as one line: "only 1.20 GB of disk are free; …"; empty: healthy.
std::string sentence(const std::vector<reason>& reasons);

struct vitals {
  reading now;
  std::uint64_t disk_reserve{0};                 ///< bytes every plan leaves free
  std::optional<std::chrono::milliseconds> jump; ///< of the clock, lately
  std::uint64_t restarts{0};                     ///< of the long-lived actors, when lately
  std::vector<std::string> silent{};             ///< sentences about actors that do not answer
  std::string held_up{};                         ///< what holds up every transfer
};

/// Every reason there is; none: healthy. `before`: what held at the last look. What held goes on
/// holding until its figure is a tenth better than where it began, so that it does not flicker.
std::vector<reason> assess(const vitals& seen, const std::vector<reason>& before);

/// By how much the wall clock went other than time did between two readings; empty when that is
/// less than two seconds, as when a clock is slewed.
std::optional<std::chrono::milliseconds> clock_jump(const reading& before, const reading& now);

} // namespace hive::machine
