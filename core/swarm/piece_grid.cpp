#include "core/swarm/piece_grid.hpp"

#include "core/base/units.hpp"

#include <algorithm>
#include <bit>

namespace hive::swarm {

namespace {

constexpr std::uint64_t wanted_count = 2048;

} // namespace

std::uint64_t shared_piece(std::uint64_t size) noexcept {
  const auto even = std::bit_ceil(std::min(size / wanted_count, largest_piece));
  return std::clamp(even, smallest_piece, largest_piece);
}

result<piece_grid> piece_grid::of(std::uint64_t size) {
  if (size == 0) return fail(errc::bad_request, "a content without bytes has no pieces to share");
  if (size > largest_content)
    return fail(errc::too_large,
                "a content of " + format_bytes(size) + " has too many pieces to share",
                "share contents of at most " + format_bytes(largest_content));
  return piece_grid{size};
}

piece_grid::piece_grid(std::uint64_t size) noexcept
  : size_(size), piece_(shared_piece(size)),
    count_(static_cast<piece_index>((size + piece_ - 1) / piece_)) {}

byte_range piece_grid::range(piece_index index) const noexcept {
  const auto begin = index * piece_;
  return {begin, std::min(size_, begin + piece_)};
}

} // namespace hive::swarm
