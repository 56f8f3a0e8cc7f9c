#include "core/transfer/provenance.hpp"

#include <algorithm>

namespace hive::transfer {

namespace {

constexpr std::size_t most_named = 8;

range_set common(const range_set& a, const range_set& b) {
  auto out = a;
  for (const auto& range : a.ranges())
    for (const auto& gap : b.missing(range)) out.remove(gap);
  return out;
}

} // namespace

void provenance::note(byte_range range, const std::string& address) {
  for (auto& [other, bytes] : servers_) bytes.remove(range);
  const std::string shown = address.empty() ? "this machine" : address;
  auto at = std::ranges::find(servers_, shown, [](const auto& s) { return s.first; });
  if (at == servers_.end() && servers_.size() == most_servers) {
    servers_.back().first = "other addresses";
    at = std::prev(servers_.end());
  } else if (at == servers_.end()) {
    at = servers_.insert(servers_.end(), {shown, {}});
  }
  at->second.add(range);
}

std::string provenance::of(const range_set& where) const {
  std::string text;
  for (const auto& [address, bytes] : servers_) {
    const auto part = common(where, bytes);
    if (part.empty()) continue;
    text += (text.empty() ? "" : ", ") + address + " (bytes " + byte_list(part) + ")";
  }
  return text.empty() ? "an earlier run" : text;
}

std::string byte_list(const range_set& ranges) {
  std::string text;
  std::size_t named = 0;
  for (const auto& range : ranges.ranges()) {
    if (++named > most_named)
      return text + " and " + std::to_string(ranges.ranges().size() - most_named) + " more";
    text += (text.empty() ? "" : ", ") + std::to_string(range.begin) + "-" +
            std::to_string(range.end - 1);
  }
  return text;
}

} // namespace hive::transfer
