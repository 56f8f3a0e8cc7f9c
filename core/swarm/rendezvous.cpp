#include "core/swarm/rendezvous.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace hive::swarm {

namespace {

constexpr std::uint32_t rings = most_neighbours / 2;

/// FNV-1a over the bytes.
std::uint64_t fold(std::uint64_t state, std::string_view text) noexcept {
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return state;
}

/// Spreads every bit over all of them (the finaliser of MurmurHash3).
std::uint64_t spread(std::uint64_t x) noexcept {
  x = (x ^ x >> 33) * 0xff51afd7ed558ccdull;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ull;
  return x ^ x >> 33;
}

} // namespace

std::uint64_t rendezvous_weight(std::string_view content, const node_id& node,
                                std::uint32_t ring) noexcept {
  const auto seed = 0xcbf29ce484222325ull ^ spread(ring + 1ull);
  return spread(fold(spread(fold(seed, content)), node.value));
}

std::vector<node_id> neighbours(std::string_view content, const node_id& self,
                                const std::vector<node_id>& everybody) {
  std::set<node_id> found{everybody.begin(), everybody.end()};
  found.erase(self);
  if (found.size() <= most_neighbours) return {found.begin(), found.end()};

  const std::vector<node_id> others{found.begin(), found.end()};
  found.clear();
  using place = std::pair<std::uint64_t, const node_id*>;
  const auto before = [](const place& a, const place& b) {
    return a.first != b.first ? a.first < b.first : *a.second < *b.second;
  };
  for (std::uint32_t ring = 0; ring < rings; ++ring) {
    std::vector<place> order;
    for (const auto& other : others)
      order.emplace_back(rendezvous_weight(content, other, ring), &other);
    std::sort(order.begin(), order.end(), before);
    const place mine{rendezvous_weight(content, self, ring), &self};
    const auto after = std::upper_bound(order.begin(), order.end(), mine, before);
    found.insert(*(after == order.end() ? order.front() : *after).second);
    found.insert(*(after == order.begin() ? order.back() : *(after - 1)).second);
  }
  return {found.begin(), found.end()};
}

} // namespace hive::swarm
