#include "core/base/units.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace hive {

namespace {

struct unit {
  std::string_view name; ///< lower case, without a final "b"
  std::uint64_t bytes;
};
constexpr std::array<unit, 9> units{{{"", 1},
                                     {"k", 1'000},
                                     {"m", 1'000'000},
                                     {"g", 1'000'000'000},
                                     {"t", 1'000'000'000'000},
                                     {"ki", 1ull << 10},
                                     {"mi", 1ull << 20},
                                     {"gi", 1ull << 30},
                                     {"ti", 1ull << 40}}};

std::optional<std::uint64_t> unit_bytes(std::string_view suffix) {
  while (!suffix.empty() && suffix.front() == ' ') suffix.remove_prefix(1);
  auto name = ascii::lowered(suffix);
  if (name.ends_with('b')) name.pop_back();
  for (const auto& u : units)
    if (u.name == name) return u.bytes;
  return std::nullopt;
}

std::string quoted(std::string_view text) {
  return std::string{"\""}.append(text.substr(0, 64)).append("\"");
}

failure no_size(std::string_view text) {
  return fail(errc::bad_config, quoted(text).append(" is not a size"),
              "write it like 50M, 1.5G, 64MiB or a number of bytes");
}

/// The number written in `text` at `at` with exactly `digits` digits.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (!ascii::is_digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

} // namespace

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  constexpr std::array<const char*, 6> names{"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t name = 0;
  // 999.5 would print as 1000: that is 1.00 of the next unit.
  while (value >= 999.5 && name + 1 < names.size()) {
    value /= 1000;
    ++name;
  }
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f %s", decimals, value, names[name]);
  return text.data();
}

std::string format_duration(std::chrono::seconds d) {
  const long long all = std::max<long long>(0, d.count());
  std::array<char, 48> text{};
  if (all >= 3600) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", all / 3600, all / 60 % 60,
                  all % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld", all / 60, all % 60);
  }
  return text.data();
}

result<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr std::size_t most_decimals = 6;
  std::uint64_t whole = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc{}) return no_size(text);
  auto left = text.substr(static_cast<std::size_t>(rest - text.data()));
  std::uint64_t part = 0;
  std::uint64_t scale = 1;
  if (left.starts_with('.')) {
    left.remove_prefix(1);
    std::size_t decimals = 0;
    for (; decimals < left.size() && ascii::is_digit(left[decimals]); ++decimals) {
      if (decimals == most_decimals) return no_size(text);
      part = part * 10 + static_cast<std::uint64_t>(left[decimals] - '0');
      scale *= 10;
    }
    if (decimals == 0) return no_size(text);
    left.remove_prefix(decimals);
  }
  const auto one = unit_bytes(left);
  if (!one || (scale > 1 && *one == 1)) return no_size(text);
  const auto fraction = part * *one / scale;
  if (whole > (std::numeric_limits<std::uint64_t>::max() - fraction) / *one) return no_size(text);
  return whole * *one + fraction;
}

result<std::chrono::seconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<char, std::int64_t>, 4> names{
      {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}}};
  constexpr std::int64_t longest = 100ll * 366 * 86'400;
  std::int64_t scale = 1;
  auto digits = text;
  for (const auto& [name, seconds] : names) {
    if (!text.ends_with(name)) continue;
    digits.remove_suffix(1);
    scale = seconds;
  }
  const auto count = ascii::number(digits);
  if (!count || *count > static_cast<std::uint64_t>(longest / scale))
    return fail(errc::bad_config, quoted(text).append(" is not a length of time"),
                "write it like 90s, 15m, 24h or 7d");
  return std::chrono::seconds{static_cast<std::int64_t>(*count) * scale};
}

std::string format_time(wall_time t) {
  using namespace std::chrono;
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss clock{t - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

result<wall_time> parse_time(std::string_view text) {
  using namespace std::chrono;
  const auto wrong = [&] {
    return fail(errc::bad_request, quoted(text).append(" is not a time"),
                "write it like 2026-11-21T22:07:01.250Z");
  };
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != shape.size()) return wrong();
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] != 'd' && shape[i] != text[i]) return wrong();
  const auto y = digits_at(text, 0, 4), mo = digits_at(text, 5, 2), d = digits_at(text, 8, 2);
  const auto h = digits_at(text, 11, 2), mi = digits_at(text, 14, 2), s = digits_at(text, 17, 2);
  const auto ms = digits_at(text, 20, 3);
  if (!y || !mo || !d || !h || !mi || !s || !ms) return wrong();
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 59) return wrong();
  return wall_time{sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s} + milliseconds{*ms}};
}

wall_time wall_now() noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

} // namespace hive
