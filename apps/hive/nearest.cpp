#include "apps/hive/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace hive::cli {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

} // namespace

std::string nearest(std::string_view word, std::span<const std::string> choices) {
  word = word.substr(0, 64);
  std::string best;
  // More than half of it different is another word.
  auto least = std::max<std::size_t>(1, word.size() / 2) + 1;
  for (const auto& choice : choices)
    if (const auto d = distance(word, choice); d < least) {
      least = d;
      best = choice;
    }
  return best;
}

} // namespace hive::cli
