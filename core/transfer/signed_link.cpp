#include "core/transfer/signed_link.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace hive::transfer {

namespace {

std::optional<std::string_view> parameter(std::string_view query, std::string_view name) noexcept {
  while (!query.empty()) {
    const auto entry = query.substr(0, query.find('&'));
    query.remove_prefix(entry.size() < query.size() ? entry.size() + 1 : query.size());
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  }
  return std::nullopt;
}

/// At most 12 digits, so that no sum overflows.
std::optional<std::int64_t> number(std::string_view text) noexcept {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || text.size() > 12 || value < 0) return std::nullopt;
  return value;
}

/// A moment from its digits, "20260821101500"; the time of day may be missing, or its seconds.
std::optional<std::chrono::sys_seconds> moment(std::string_view digits) noexcept {
  using namespace std::chrono;
  if (digits.size() != 8 && digits.size() != 12 && digits.size() != 14) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t length) {
    return at < digits.size() ? number(digits.substr(at, length)).value_or(-1) : 0;
  };
  const year_month_day date{year{static_cast<int>(part(0, 4))},
                            month{static_cast<unsigned>(part(4, 2))},
                            day{static_cast<unsigned>(part(6, 2))}};
  const auto h = part(8, 2);
  const auto m = part(10, 2);
  const auto s = part(12, 2);
  if (!date.ok() || h < 0 || m < 0 || s < 0) return std::nullopt;
  return sys_days{date} + hours{h} + minutes{m} + seconds{s};
}

/// "20260821T101500Z" and "2026-08-21T10:15:00Z", also with "%3A" for ':'. What is no digit
/// separates; an escape is three of that.
std::optional<std::chrono::sys_seconds> utc_time(std::string_view text) noexcept {
  std::array<char, 14> digits{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      i += 2;
    } else if (c >= '0' && c <= '9') {
      if (count == digits.size()) return std::nullopt;
      digits.at(count++) = c;
    }
  }
  return moment({digits.data(), count});
}

std::optional<std::chrono::sys_seconds> dated(std::string_view query, std::string_view date_name,
                                              std::string_view life_name) noexcept {
  const auto date = parameter(query, date_name);
  const auto life = parameter(query, life_name);
  if (!date || !life) return std::nullopt;
  const auto from = utc_time(*date);
  const auto length = number(*life);
  if (!from || !length) return std::nullopt;
  return *from + std::chrono::seconds{*length};
}

} // namespace

std::optional<std::chrono::sys_seconds> link_expiry(std::string_view url) noexcept {
  const auto mark = url.find('?');
  if (mark == std::string_view::npos) return std::nullopt;
  const auto query = url.substr(mark + 1, url.find('#', mark) - mark - 1);
  if (const auto text = parameter(query, "Expires")) {
    if (const auto at = number(*text)) return std::chrono::sys_seconds{std::chrono::seconds{*at}};
  }
  if (const auto at = dated(query, "X-Amz-Date", "X-Amz-Expires")) return at;
  if (const auto at = dated(query, "X-Goog-Date", "X-Goog-Expires")) return at;
  const auto end = parameter(query, "se");
  return end ? utc_time(*end) : std::nullopt;
}

} // namespace hive::transfer
