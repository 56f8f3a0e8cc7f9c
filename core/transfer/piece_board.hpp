#pragma once
/// The pieces of a file nobody is fetching yet, in file order. Pure.

#include "core/base/range_set.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace hive::transfer {

/// A stretch of a file one lane fetches. It begins on a boundary a journal may claim; `carry` are
/// its first bytes when an earlier lane got them but could not write them (less than such a block).
struct piece {
  byte_range range;
  std::vector<std::byte> carry;
  bool fresh_connection{false}; ///< the last try failed: on another connection this time
  int refusals{0};              ///< wrong ranges in a row
  int redials{0};               ///< given up as too slow so often

  std::uint64_t next() const noexcept { return range.begin + carry.size(); }
};

class piece_board {
 public:
  /// What is missing of [0, size).
  void plan(const range_set& have, std::uint64_t size);
  /// The lowest.
  std::optional<piece> take();
  void put(piece p);
  bool empty() const noexcept { return pieces_.empty(); }
  std::size_t size() const noexcept { return pieces_.size(); }
  void clear() noexcept { pieces_.clear(); }

 private:
  std::map<std::uint64_t, piece> pieces_; ///< by their begin
};

/// Where to cut what is left of a piece, [from, end), into halves: a multiple of 1 MiB strictly
/// between, none when less than 2 MiB are left.
std::optional<std::uint64_t> split_point(std::uint64_t from, std::uint64_t end) noexcept;

} // namespace hive::transfer
