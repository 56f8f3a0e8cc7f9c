#pragma once
/// What a misspelt word was meant to be.

#include <cstddef>
#include <string_view>

namespace hive {

/// Letters to change, add or drop (Levenshtein) to make one word of the other. Takes time in the
/// product of the lengths: cut what comes from outside.
std::size_t edit_distance(std::string_view a, std::string_view b);

} // namespace hive
