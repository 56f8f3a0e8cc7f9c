#pragma once
/// Which pieces of a content somebody holds: a bitmap, and its compact form for the wire. Pure.

#include "core/base/result.hpp"
#include "core/swarm/piece_grid.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hive::swarm {

class have_map {
 public:
  explicit have_map(piece_index count = 0) : count_(count), words_((count + 63u) / 64u) {}

  piece_index count() const noexcept { return count_; } ///< pieces there are
  piece_index held() const noexcept { return held_; }   ///< pieces in the map
  bool full() const noexcept { return held_ == count_; }
  /// False also for a piece there is not.
  bool has(piece_index index) const noexcept {
    return index < count_ && (words_[index / 64u] >> (index % 64u) & 1u) != 0;
  }
  /// Whether that is new. A piece there is not changes nothing.
  bool add(piece_index index) noexcept;
  bool remove(piece_index index) noexcept;
  /// Of maps of the same count.
  void add(const have_map& other) noexcept;
  void keep_only(const have_map& other) noexcept;
  /// The lowest piece at or after `from` that is in `wanted` and not here; count() when none is.
  piece_index next_lacking(const have_map& wanted, piece_index from) const noexcept;
  std::vector<piece_index> pieces() const;
  friend bool operator==(const have_map&, const have_map&) = default;

 private:
  void recount() noexcept;

  piece_index count_;
  piece_index held_{0};
  std::vector<std::uint64_t> words_;
};

/// The map of all pieces.
have_map all_pieces(piece_index count);

/// The shorter of two forms: 'r' and the lengths of runs, lacking first, without the last of them,
/// seven bits to a byte, low ones first; or 'b' and the bits, low ones first. Never longer than
/// 1 + count / 8 bytes, rounded up.
std::string encode(const have_map& map);
/// Exactly what `encode` makes of a map of `count` pieces; errc::bad_request for anything else.
result<have_map> decode_have_map(std::string_view bytes, piece_index count);

} // namespace hive::swarm
