#include "core/transfer/signed_link.hpp"

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

/// "20260821T101500Z"
std::optional<std::chrono::sys_seconds> compact_time(std::string_view text) noexcept {
  using namespace std::chrono;
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t length) {
    return number(text.substr(at, length)).value_or(-1);
  };
  const year_month_day date{year{static_cast<int>(part(0, 4))},
                            month{static_cast<unsigned>(part(4, 2))},
                            day{static_cast<unsigned>(part(6, 2))}};
  const auto h = part(9, 2);
  const auto m = part(11, 2);
  const auto s = part(13, 2);
  if (!date.ok() || h < 0 || m < 0 || s < 0) return std::nullopt;
  return sys_days{date} + hours{h} + minutes{m} + seconds{s};
}

std::optional<std::chrono::sys_seconds> dated(std::string_view query, std::string_view date_name,
                                              std::string_view life_name) noexcept {
  const auto date = parameter(query, date_name);
  const auto life = parameter(query, life_name);
  if (!date || !life) return std::nullopt;
  const auto from = compact_time(*date);
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
  return dated(query, "X-Goog-Date", "X-Goog-Expires");
}

} // namespace hive::transfer
