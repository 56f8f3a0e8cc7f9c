#pragma once
/// The first words on a link, and the reasons not to have one. Both ends judge and both ends see
/// why.

#include "core/cluster/member.hpp"

#include <string>

namespace hive::cluster {

/// Versions this build speaks: its own and the one before, so that a hive is upgraded node by node.
/// There is only one so far.
inline constexpr protocol_range spoken{1, 1};
inline constexpr std::size_t max_cluster_length = 64;
/// Clocks that differ by more are worth a warning; nothing depends on them.
inline constexpr std::chrono::seconds tolerated_skew{30};

struct hello {
  std::string cluster; ///< fingerprint of the hive's CA
  row_ptr self;
  wall_time clock{};
};

/// What becomes of a link.
struct verdict {
  std::uint16_t protocol{0}; ///< spoken on the link; 0: refused
  cause why{cause::none};
  std::string sentence;              ///< for both ends, empty when nothing is to be said
  std::chrono::milliseconds skew{0}; ///< the peer's clock minus ours
  bool is_accepted() const noexcept { return protocol != 0; }
};

/// Judges a peer's hello. `known` is the row in the table, null for a stranger. The same for both
/// ends but for the sentence's point of view.
verdict judge(const hello& mine, const hello& theirs, const member_row* known);

/// Of two links between the same nodes the one the smaller id dialled stays.
bool keeps_dialled_link(const node_id& self, const node_id& peer) noexcept;

} // namespace hive::cluster
