#pragma once
/// What must hold whatever the input.

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace hive::fuzz {

/// Ends the process when it does not hold, as fuzzers want it.
inline void claim(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

} // namespace hive::fuzz
