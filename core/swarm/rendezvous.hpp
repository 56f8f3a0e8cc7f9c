#pragma once
/// Who is asked first, and who talks to whom: orders every node computes alike from the members it
/// sees, so that nobody has to be asked. Pure.

#include "core/base/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace hive::swarm {

/// More than this many nodes do not all tell each other what they hold.
inline constexpr std::size_t most_neighbours = 10;

/// The weight of a node for a content: highest first is the rendezvous order. `ring` gives
/// independent orders of the same nodes.
std::uint64_t rendezvous_weight(std::string_view content, const node_id& node,
                                std::uint32_t ring = 0) noexcept;

/// Those `self` tells what it holds, in order of their ids: everybody up to ten others, beyond that
/// both neighbours in each of five rings of independent orders. So it goes both ways, no node has
/// more than ten, each ring alone connects all, and one that leaves concerns its neighbours only.
std::vector<node_id> neighbours(std::string_view content, const node_id& self,
                                const std::vector<node_id>& everybody);

} // namespace hive::swarm
