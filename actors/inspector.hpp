#pragma once
/// The inspector: answers what is asked about actors, watches while somebody asks, does to an actor
/// what a person orders, and tells what somebody should look at: messages that wait for 5 s,
/// handlers that take 250 ms. Clocks run from the first question until 60 s after the last.
///
/// Hears: actor_query, show_actor, act_on_actor, take_trace, its own tick and window_over.
/// Says:  describe_self (anybody), cancel_job and steer_job (queue), orders to stop, put_down,
///        narrate.
/// Never: keeps an actor alive.

#include "actors/protocol.hpp"

namespace hive::actors {

struct inspector_deps {
  queue_actor queue;
  narrator_actor narrator;
};

inspector_actor spawn_inspector(caf::local_actor* parent, inspector_deps deps);

} // namespace hive::actors
