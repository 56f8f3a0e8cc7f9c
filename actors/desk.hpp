#pragma once
/// The vendors' desk: knows which vendor serves a reference and hands the question on to its actor.
///
/// Hears: resolve_reference.
/// Says:  the same to one vendor, who answers the asker.
/// Never: talks to the network.

#include "actors/protocol.hpp"

#include <memory>
#include <vector>

namespace hive::actors {

struct desk_deps {
  std::vector<std::shared_ptr<const vendors::vendor>> vendors; ///< in the order they are asked
  net::engine* engine{nullptr};
  transfer::service* service{nullptr};
  std::vector<std::filesystem::path> adopt{};  ///< where copies of contents may lie
  std::vector<std::filesystem::path> builds{}; ///< whose recipes may be run
};

desk_actor spawn_desk(caf::local_actor* parent, desk_deps deps);

} // namespace hive::actors
