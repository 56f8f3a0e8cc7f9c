#include "core/net/header_text.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>

namespace hive::net {

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, ascii::lower, ascii::lower);
}

std::string_view take_until(std::string_view& text, char mark) noexcept {
  bool quoted = false;
  bool pointed = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"' && !pointed) {
      quoted = !quoted;
    } else if (!quoted && (c == '<' || c == '>')) {
      pointed = c == '<';
    } else if (!quoted && !pointed && c == mark) {
      break;
    }
  }
  i = std::min(i, text.size());
  const auto before = ascii::trimmed(text.substr(0, i));
  text.remove_prefix(std::min(i + 1, text.size()));
  return before;
}

std::pair<std::string_view, std::string_view> parameter(std::string_view text) noexcept {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return {ascii::trimmed(text), {}};
  auto value = ascii::trimmed(text.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return {ascii::trimmed(text.substr(0, equals)), value};
}

std::string unescaped(std::string_view quoted) {
  std::string plain;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
    plain += quoted[i];
  }
  return plain;
}

bool has_word(std::string_view list, std::string_view word) noexcept {
  while (!list.empty()) {
    if (same_word(take_until(list, ' '), word)) return true;
  }
  return false;
}

} // namespace hive::net
