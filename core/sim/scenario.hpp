#pragma once
/// What can happen to a hive, what was promised for it, and what came of it.

#include "core/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hive::sim {

enum class scenario_kind : std::uint8_t { crash, freeze, partition, loss, churn, spread };
inline constexpr std::size_t scenario_count = 6;
std::string_view to_string(scenario_kind k) noexcept;
/// errc::bad_request listing the names, for another one.
result<scenario_kind> scenario_named(std::string_view name);

struct scenario_options {
  std::size_t nodes{1000}; ///< 4 to `most_nodes`
  std::uint64_t seed{7};
  /// Virtual time of loss and churn; 0: 600 s and 60 s.
  std::chrono::seconds length{0};
};
inline constexpr std::size_t least_nodes = 4;
inline constexpr std::size_t most_nodes = 4000;

/// The value of a figure whose event did not happen: seconds beyond every limit.
inline constexpr double not_seen = 9999;

/// One number, and what it may be at most.
struct figure {
  std::string what;
  double value{0};
  std::string unit;
  double limit{-1}; ///< below 0: nothing was promised
  bool holds() const noexcept { return limit < 0 || value <= limit; }
};

struct report {
  scenario_kind kind{scenario_kind::crash};
  std::vector<figure> figures;
  /// Of every node and second, over the whole scenario; of membership alone.
  double messages{0};
  double bytes{0};
  std::chrono::seconds simulated{0};
  bool holds() const noexcept;
};

/// The same options give the same report, on every machine.
report run(scenario_kind kind, const scenario_options& options);

} // namespace hive::sim
