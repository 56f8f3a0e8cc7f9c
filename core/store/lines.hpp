#pragma once
/// The small text files beside contents: lines, the last of them the SHA-256 of those before. Pure.

#include "core/base/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hive::store {

/// Takes the first line off `text`, without its end; empty when no line ends.
inline std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

inline std::string sealed(std::string text) {
  const auto seal = sha256_hex(text);
  return std::move(text) + seal + "\n";
}

/// All but the last line, when that is right.
inline std::optional<std::string_view> unsealed(std::string_view text) {
  constexpr std::size_t seal = 64 + 1;
  if (text.size() < seal || text.back() != '\n') return std::nullopt;
  const auto body = text.substr(0, text.size() - seal);
  if (text.substr(body.size(), seal - 1) != sha256_hex(body)) return std::nullopt;
  return body;
}

} // namespace hive::store
