#pragma once
/// Replies as text, parted by a line "===": a status line, header lines, an empty line, a body.

#include "core/net/message.hpp"

#include <charconv>
#include <string_view>

namespace hive::fuzz {

inline constexpr std::string_view between_replies = "\n===\n";

inline std::string_view take(std::string_view& text, std::string_view mark) {
  const auto end = text.find(mark);
  const auto out = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + mark.size());
  return out;
}

inline net::reply reply_of(std::string_view text) {
  net::reply out;
  out.head.status = 200;
  const auto status = take(text, "\n");
  std::from_chars(status.data(), status.data() + status.size(), out.head.status);
  while (!text.empty()) {
    auto line = take(text, "\n");
    if (line.empty()) break;
    const auto name = take(line, ": ");
    out.head.headers.emplace_back(name, line);
  }
  out.body = text;
  return out;
}

} // namespace hive::fuzz
