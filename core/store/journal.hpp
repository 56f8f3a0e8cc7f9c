#pragma once
/// The text of a partial's journal. Pure.
///
///     hive-journal 1
///     <key>
///     <size or ->
///     <begin>-<end>        one per range, ascending, disjoint
///     <SHA-256 of everything above>

#include "core/base/range_set.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive::store {

struct journal {
  std::string key;
  std::optional<std::uint64_t> size;
  range_set claims;
  friend bool operator==(const journal&, const journal&) = default;
};

/// No journal is longer than this; a longer file is not read.
inline constexpr std::size_t journal_limit = 16u << 20;

std::string print_journal(const journal& j);
/// Empty unless `text` is exactly what print_journal makes of something.
std::optional<journal> parse_journal(std::string_view text);

} // namespace hive::store
