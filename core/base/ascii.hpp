#pragma once
/// Characters of ASCII, whatever the locale; bytes above 127 belong to no class.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace hive::ascii {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_alpha(char c) noexcept {
  return is_lower(c) || is_upper(c);
}
constexpr bool is_alnum(char c) noexcept {
  return is_alpha(c) || is_digit(c);
}
constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr char lower(char c) noexcept {
  return is_upper(c) ? static_cast<char>(c | 0x20) : c;
}
constexpr char upper(char c) noexcept {
  return is_lower(c) ? static_cast<char>(c & ~0x20) : c;
}

/// The value of a hex digit, -1 for anything else.
constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

inline bool is_number(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}
/// Digits and nothing else; empty for anything else, also beyond 64 bits.
inline std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}
inline bool has_control(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), is_control);
}

inline std::string lowered(std::string_view text) {
  std::string low{text};
  std::transform(low.begin(), low.end(), low.begin(), lower);
  return low;
}
inline std::string uppered(std::string_view text) {
  std::string up{text};
  std::transform(up.begin(), up.end(), up.begin(), upper);
  return up;
}

/// Without the spaces, tabs and line ends around it.
inline std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blank = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

} // namespace hive::ascii
