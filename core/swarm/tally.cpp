#include "core/swarm/tally.hpp"

#include "core/swarm/fetcher.hpp"

namespace hive::swarm {

tally& tally::operator+=(const tally& other) noexcept {
  wan += other.wan;
  peers += other.peers;
  cache += other.cache;
  wasted += other.wasted;
  served += other.served;
  return *this;
}

double wan_ratio(const tally& sum, std::uint64_t size) noexcept {
  return size == 0 ? 0 : static_cast<double>(sum.wan) / static_cast<double>(size);
}

std::uint64_t wan_bound(const piece_grid& grid, std::uint64_t islands,
                        std::uint64_t deaths) noexcept {
  return grid.size() * islands + fetch_policy{}.window * grid.piece() * deaths;
}

} // namespace hive::swarm
