#pragma once
/// What somebody probably meant. Pure.

#include <span>
#include <string>
#include <string_view>

namespace hive::cli {

/// The choice with the fewest letters to insert, drop or replace; empty when none is alike.
std::string nearest(std::string_view word, std::span<const std::string> choices);

} // namespace hive::cli
