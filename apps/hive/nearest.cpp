#include "apps/hive/nearest.hpp"

#include "core/base/spelling.hpp"

#include <algorithm>

namespace hive::cli {

std::string nearest(std::string_view word, std::span<const std::string> choices) {
  word = word.substr(0, 64);
  std::string best;
  // More than half of it different is another word.
  auto least = std::max<std::size_t>(1, word.size() / 2) + 1;
  for (const auto& choice : choices)
    if (const auto d = edit_distance(word, choice); d < least) {
      least = d;
      best = choice;
    }
  return best;
}

} // namespace hive::cli
