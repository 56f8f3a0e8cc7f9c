#pragma once
/// Who has to hold a record: a pure decision that every node makes for itself and that comes out
/// the same everywhere once tables agree.

#include "core/cluster/desired_state.hpp"
#include "core/cluster/membership.hpp"

#include <chrono>
#include <vector>

namespace hive::cluster {

/// A holder that is away keeps its place for so long; then another takes over.
inline constexpr std::chrono::minutes replaced_after{10};

/// The members that hold `record`, best first. For `copies`: rendezvous hashing, weighted by free
/// disk (its class, so that a few GiB more or less move nothing), over members that are up, do not
/// drain, and are here or were until `replaced_after` ago.
std::vector<node_id> holders(const desired_record& record, const membership& hive, wall_time now);

/// Whether the node of this membership has to hold `record` now. A false is no order to delete: an
/// extra copy does no harm, and collecting garbage is decided elsewhere.
bool must_hold(const desired_record& record, const membership& hive, wall_time now);

} // namespace hive::cluster
