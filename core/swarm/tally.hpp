#pragma once
/// Where the bytes of a content came from, and what "once over the WAN" promises. Pure.

#include "core/swarm/piece_grid.hpp"

#include <cstdint>

namespace hive::swarm {

/// In bytes; of one node, or summed up over nodes.
struct tally {
  std::uint64_t wan{0};    ///< from the vendor, all that came
  std::uint64_t peers{0};  ///< from peers, all that came
  std::uint64_t cache{0};  ///< was on this node's disk
  std::uint64_t wasted{0}; ///< of wan and peers: abandoned, wrong, or here already
  std::uint64_t served{0}; ///< to peers

  tally& operator+=(const tally& other) noexcept;
  friend bool operator==(const tally&, const tally&) = default;
};

/// wan bytes / size of the content: 1 is once. 0 for a content without bytes.
double wan_ratio(const tally& sum, std::uint64_t size) noexcept;

/// What crosses the WAN at most: the size once per island, and a window of pieces for each time a
/// fetcher died. Holds while peers take what is offered (core/swarm/fetcher.hpp).
std::uint64_t wan_bound(const piece_grid& grid, std::uint64_t islands,
                        std::uint64_t deaths) noexcept;

} // namespace hive::swarm
