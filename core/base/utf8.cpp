#include "core/base/utf8.hpp"

#include <array>

namespace hive {

code_point first_code_point(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  const code_point wrong{0xDC00u + lead, 1, false};
  // Continuation bytes, the bits the lead carries, and the least value (shorter would do
  // otherwise).
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || text.size() <= more) return wrong;
  char32_t value = lead & (0x3Fu >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0u) != 0x80u) return wrong;
    value = (value << 6) | (byte & 0x3Fu);
  }
  constexpr std::array<char32_t, 4> least{0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least[more] || value > 0x10FFFF || surrogate) return wrong;
  return {value, more + 1, true};
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto c = first_code_point(text);
    if (!c.valid) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const auto c = first_code_point(text);
    clean.append(c.valid ? text.substr(0, c.bytes) : std::string_view{"\xEF\xBF\xBD"});
    text.remove_prefix(c.bytes);
  }
  return clean;
}

} // namespace hive
