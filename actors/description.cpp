#include "actors/description.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace hive::actors {

description& description::put(std::string name, kind what, std::string text) {
  rows_.push_back({0, what, std::move(name), std::move(text)});
  return *this;
}

description& description::add(std::string name, bool what) {
  return put(std::move(name), kind::boolean, what ? "true" : "false");
}

description& description::add(std::string name, double what) {
  std::array<char, 32> digits{};
  if (!std::isfinite(what)) what = 0;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), what).ptr;
  return put(std::move(name), kind::real, std::string{digits.data(), end});
}

description& description::add(std::string name, std::string what) {
  return put(std::move(name), kind::text, std::move(what));
}

description& description::add(std::string name, const std::vector<description>& items) {
  put(std::move(name), kind::list, {});
  for (const auto& item : items) {
    rows_.push_back({1, kind::item, {}, {}});
    for (auto line : item.rows_) {
      line.depth = static_cast<std::uint8_t>(line.depth + 2);
      rows_.push_back(std::move(line));
    }
  }
  return *this;
}

} // namespace hive::actors
