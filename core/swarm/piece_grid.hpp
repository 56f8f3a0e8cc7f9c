#pragma once
/// How a content is cut where it is shared. Pure.

#include "core/base/range_set.hpp"
#include "core/base/result.hpp"

#include <chrono>
#include <cstdint>

namespace hive::swarm {

/// Of a clock that never goes back; the caller's.
using time_point = std::chrono::steady_clock::time_point;
/// Of a piece within its content.
using piece_index = std::uint32_t;

inline constexpr std::uint64_t smallest_piece = 4ull << 20;
inline constexpr std::uint64_t largest_piece = 64ull << 20;
/// A manifest then has 2 MiB, a map of pieces at most 8 KiB.
inline constexpr piece_index most_pieces = 65536;
/// 4 TiB.
inline constexpr std::uint64_t largest_content = largest_piece * most_pieces;

/// Length of a shared piece: a power of two from 4 to 64 MiB, so that up to 128 GiB a content has
/// at most 2048 of them.
std::uint64_t shared_piece(std::uint64_t size) noexcept;

/// The pieces of a content of some size; the last may be shorter.
class piece_grid {
 public:
  /// errc::bad_request for no bytes at all, errc::too_large beyond `largest_content`.
  static result<piece_grid> of(std::uint64_t size);

  std::uint64_t size() const noexcept { return size_; }
  std::uint64_t piece() const noexcept { return piece_; }
  piece_index count() const noexcept { return count_; }
  /// Of a piece below count().
  byte_range range(piece_index index) const noexcept;
  std::uint64_t bytes(piece_index index) const noexcept { return range(index).size(); }
  friend bool operator==(const piece_grid&, const piece_grid&) = default;

 private:
  explicit piece_grid(std::uint64_t size) noexcept;

  std::uint64_t size_;
  std::uint64_t piece_;
  piece_index count_;
};

} // namespace hive::swarm
