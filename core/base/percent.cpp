#include "core/base/percent.hpp"

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"

namespace hive {

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? ascii::hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? ascii::hex_value(text[i + 2]) : -1;
    const int byte = high * 16 + low;
    if (high < 0 || low < 0 || byte < 0x20 || byte == 0x7f) return std::nullopt;
    plain += static_cast<char>(byte);
    i += 2;
  }
  if (!is_utf8(plain)) return std::nullopt;
  return plain;
}

} // namespace hive
