#pragma once
/// The follower of one job of another node: brings its events to this node's subscriber until the
/// job ends or its node is gone for a minute.
///
/// Hears: its own tick.
/// Says:  replay_events (the other node's narrator), relay_events (the own one).
/// Never: asks again before it was answered.

#include "actors/protocol.hpp"

namespace hive::actors {

struct follower_deps {
  job_id job;
  std::uint64_t after{0}; ///< the last event that is here already
  narrator_actor there;
  narrator_actor here;
};

follower_actor spawn_follower(caf::local_actor* parent, follower_deps deps);

} // namespace hive::actors
