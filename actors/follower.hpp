#pragma once
/// The follower of one job of another node: brings its events to this node's subscriber until the
/// job ends. Where it is it asks the cluster, again when that node does not answer: it gives up,
/// and says so in the log, when it was not found or did not answer 30 times in a row.
///
/// Hears: its own tick.
/// Says:  replay_events (the other node's narrator), relay_events (the own one), find_job (the
///        cluster: after a restart of its node it is another narrator).
/// Never: asks again before it was answered.

#include "actors/protocol.hpp"

namespace hive::actors {

struct follower_deps {
  job_id job;
  std::uint64_t after{0}; ///< the last event that is here already
  narrator_actor here;
  cluster_actor cluster;
};

follower_actor spawn_follower(caf::local_actor* parent, follower_deps deps);

} // namespace hive::actors
