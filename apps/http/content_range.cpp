#include "apps/http/content_range.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace hive::http {
namespace {

/// Empty for text that is no number; a number beyond 64 bits is the greatest one.
std::optional<std::uint64_t> number(std::string_view text) noexcept {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} ? value : UINT64_MAX;
}

} // namespace

bool names_tag(std::string_view list, std::string_view etag) noexcept {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto one = ascii::trimmed(list.substr(0, end));
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == etag) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

wanted_part read_range(const request& asked, std::uint64_t size, std::string_view etag) {
  using kind = wanted_part::kind;
  const auto header = asked.header("range");
  if (!header) return {};
  if (const auto same = asked.header("if-range"); same && ascii::trimmed(*same) != etag) return {};
  auto text = ascii::trimmed(*header);
  if (!text.starts_with("bytes=") || text.find(',') != text.npos) return {};
  text = ascii::trimmed(text.substr(6));
  const auto dash = text.find('-');
  if (dash == text.npos) return {};
  const auto first = number(text.substr(0, dash));
  const auto last = number(text.substr(dash + 1));
  if (dash == 0) {
    if (!last) return {};
    if (*last == 0 || size == 0) return {kind::nothing_there, {}};
    return {kind::part, {size - std::min(size, *last), size}};
  }
  if (!first || (!last && dash + 1 < text.size()) || (last && *last < *first)) return {};
  if (*first >= size) return {kind::nothing_there, {}};
  return {kind::part, {*first, last ? std::min(*last, size - 1) + 1 : size}};
}

} // namespace hive::http
