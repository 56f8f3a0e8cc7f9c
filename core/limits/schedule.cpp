#include "core/limits/schedule.hpp"

#include "core/base/ascii.hpp"
#include "core/limits/limit.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace hive::limits {

namespace {

constexpr unsigned day_minutes = 24 * 60;
constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu",
                                                    "fri", "sat", "sun"};

failure wrong(const std::string& key, const std::string& why) {
  return fail(errc::bad_config, key + ": " + why);
}

/// "00:00" … "24:00".
std::optional<unsigned> read_clock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const auto at : {0, 1, 3, 4})
    if (!ascii::is_digit(text[static_cast<std::size_t>(at)])) return std::nullopt;
  const auto two = [text](std::size_t at) {
    return static_cast<unsigned>((text[at] - '0') * 10 + (text[at + 1] - '0'));
  };
  const auto minute = two(0) * 60 + two(3);
  return two(3) < 60 && minute <= day_minutes ? std::optional{minute} : std::nullopt;
}

result<unsigned> clock_of(const char* key, const std::optional<std::string>& text) {
  if (!text) return wrong(key, "is missing");
  const auto minute = read_clock(*text);
  if (!minute) return wrong(key, "\"" + text->substr(0, 32) + "\" is no time like 08:00");
  return *minute;
}

result<std::optional<std::uint64_t>> rate_of(const char* key,
                                             const std::optional<std::string>& text) {
  if (!text) return std::optional<std::uint64_t>{};
  const auto rate = parse_bytes(*text);
  if (!rate) return wrong(key, rate.why().detail);
  if (*rate > highest_rate) return wrong(key, "is more than " + format_bytes(highest_rate) + "/s");
  return std::optional{*rate};
}

result<std::array<bool, 7>> days_of(const std::vector<std::string>& names) {
  std::array<bool, 7> days{};
  for (const auto& name : names) {
    const auto* const at = std::ranges::find(day_names, ascii::lowered(name));
    if (at == day_names.end())
      return wrong("days", "\"" + name.substr(0, 32) + "\" is none of mon tue wed thu fri sat sun");
    days[static_cast<std::size_t>(at - day_names.begin())] = true;
  }
  if (names.empty()) return wrong("days", "names no day");
  return days;
}

} // namespace

bool is_open(const window& hours, const local_minute& now) noexcept {
  if (hours.from < hours.to)
    return hours.days[now.day] && now.minute >= hours.from && now.minute < hours.to;
  const auto yesterday = (now.day + 6) % 7;
  return (hours.days[now.day] && now.minute >= hours.from) ||
         (hours.days[yesterday] && now.minute < hours.to);
}

std::string clock_text(unsigned minute) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02u:%02u", minute / 60, minute % 60);
  return text.data();
}

std::string_view day_name(unsigned day) noexcept {
  return day < day_names.size() ? day_names[day] : std::string_view{};
}

std::string to_string(const window& hours) {
  auto text = clock_text(hours.from) + "-" + clock_text(hours.to);
  if (std::ranges::all_of(hours.days, [](bool on) { return on; })) return text;
  for (unsigned day = 0; day < 7; ++day)
    if (hours.days[day]) text.append(" ").append(day_names[day]);
  return text;
}

result<window> read_window(const window_text& text) {
  window made;
  HIVE_TRY(made.from, clock_of("from", text.from));
  HIVE_TRY(made.to, clock_of("to", text.to));
  if (made.from == made.to) return wrong("to", "is the same as from");
  if (made.from == day_minutes) return wrong("from", "24:00 is where a day ends");
  if (text.days) {
    HIVE_TRY(made.days, days_of(*text.days));
  }
  HIVE_TRY(made.download_rate, rate_of("download", text.download));
  HIVE_TRY(made.upload_rate, rate_of("upload", text.upload));
  if (!made.download_rate && !made.upload_rate)
    return wrong("download", "neither download nor upload is said");
  return made;
}

local_minute local_at(wall_time when) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::localtime_r(&time, &parts);
  return {static_cast<unsigned>((parts.tm_wday + 6) % 7),
          static_cast<unsigned>(parts.tm_hour * 60 + parts.tm_min)};
}

} // namespace hive::limits
