#pragma once
/// The node's limits: their names and bounds, what was wished, and what is in force. Pure.

#include "core/limits/schedule.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hive::limits {

enum class limit : std::uint8_t { download_rate = 0, upload_rate = 1, max_jobs = 2, max_lanes = 3 };
inline constexpr std::size_t limit_count = 4;

/// Bytes per second; nobody's line is faster, and sums stay far from overflow.
inline constexpr std::uint64_t highest_rate = 1'000'000'000'000;

/// What a node runs at once unless told otherwise.
inline constexpr std::uint64_t usual_jobs = 4;
inline constexpr std::uint64_t usual_lanes = 64;
inline constexpr std::uint64_t most_at_once = 1024;

struct limit_row {
  limit what;
  std::string_view name; ///< in the API, the settings and the database
  std::uint64_t least;
  std::uint64_t most;
  bool rate; ///< bytes per second, 0: no limit
};
/// In the order of `limit`.
std::span<const limit_row> limit_table() noexcept;
const limit_row& row_of(limit what) noexcept;
/// Null when there is none of that name.
const limit_row* find_limit(std::string_view name) noexcept;
/// "20 MB/s", "no limit", "4".
std::string shown(const limit_row& row, std::uint64_t value);

/// By `limit`; empty: nothing was wished.
using wishes = std::array<std::optional<std::uint64_t>, limit_count>;

/// A wish; empty: takes an earlier one back.
struct change {
  limit what{limit::download_rate};
  std::optional<std::uint64_t> value;
};

/// What the settings say, and where they say it ("default", "file", "environment", "flag").
struct configured_limit {
  std::uint64_t value{0};
  std::string from;
  std::string source; ///< name of the variable, flag or file
  friend bool operator==(const configured_limit&, const configured_limit&) = default;
};
struct configuration {
  std::array<configured_limit, limit_count> values;
  schedule hours;
  configured_limit& operator[](limit what) { return values[static_cast<std::size_t>(what)]; }
};
/// The settings' defaults.
configuration default_configuration();

/// One limit as it holds now. `from`: "set" (live), "schedule", or as configured.
using limit_in_force = configured_limit;
struct in_force {
  std::array<limit_in_force, limit_count> values;
  schedule hours;
  std::vector<bool> open; ///< of `hours`
  std::uint64_t operator[](limit what) const {
    return values[static_cast<std::size_t>(what)].value;
  }
};

/// What was set live holds; else what the first open window of the schedule says; else the
/// settings.
in_force decide(const configuration& settings, const wishes& set, const local_minute& now);

} // namespace hive::limits
