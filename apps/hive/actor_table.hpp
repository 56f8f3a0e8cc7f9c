#pragma once
/// Actors as text, for people. Pure.

#include "apps/hive/actor_sight.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace hive::cli {

/// Lines, each ended by '\n'. `width` 0: as wide as it takes.
std::string actor_tree(const std::vector<actor_sight>& all, std::size_t width);
/// In the order given, with all figures.
std::string actor_table(const std::vector<actor_sight>& all, std::size_t width);

} // namespace hive::cli
