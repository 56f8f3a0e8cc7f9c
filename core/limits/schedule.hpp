#pragma once
/// Hours of the week with limits of their own, in the machine's local time. Pure, but for
/// `local_at`.
///
/// A window goes by what a clock on the wall shows: where the clock is put forward, hours that do
/// not exist are skipped; where it is put back, hours that come twice are open twice.

#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::limits {

/// A minute of the week as the wall clock shows it.
struct local_minute {
  unsigned day{0};    ///< 0 Monday … 6 Sunday
  unsigned minute{0}; ///< of the day
};

/// Open from `from` up to `to` (minutes of the day); `to` not later than `from` is the day after.
/// `days` are those it begins on.
struct window {
  unsigned from{0};
  unsigned to{0}; ///< at most 24 * 60
  std::array<bool, 7> days{true, true, true, true, true, true, true};
  std::optional<std::uint64_t> download_rate; ///< bytes/s, 0: no limit; empty: says nothing
  std::optional<std::uint64_t> upload_rate;
  friend bool operator==(const window&, const window&) = default;
};
/// Where several are open, the first that says something counts.
using schedule = std::vector<window>;

bool is_open(const window& hours, const local_minute& now) noexcept;
/// "08:00-18:00 mon tue", every day: "22:00-06:00".
std::string to_string(const window& hours);
/// "08:00".
std::string clock_text(unsigned minute);
std::string_view day_name(unsigned day) noexcept;

/// One entry of the settings file: from, to, download, upload as text. errc::bad_config names the
/// entry's key.
struct window_text {
  std::optional<std::string> from, to, download, upload;
  std::optional<std::vector<std::string>> days;
};
result<window> read_window(const window_text& text);

/// By this machine's time zone (TZ). Thread-safe.
local_minute local_at(wall_time when);

} // namespace hive::limits
