#pragma once
/// UTF-8: what every text that leaves hive must be.

#include <cstddef>
#include <string>
#include <string_view>

namespace hive {

/// One character of a text. An invalid byte is a character of its own (0xDC00 plus the byte, which
/// no valid text contains).
struct code_point {
  char32_t value{0};
  std::size_t bytes{1}; ///< its length in the text
  bool valid{true};
};

/// The character at the start of `text`, which is not empty.
code_point first_code_point(std::string_view text) noexcept;
bool is_utf8(std::string_view text) noexcept;
/// `text` with every invalid byte replaced by U+FFFD.
std::string to_utf8(std::string_view text);

} // namespace hive
