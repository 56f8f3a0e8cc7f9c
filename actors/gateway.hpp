#pragma once
/// The gateway: the way in for foreign threads. Puts their questions to the group as it stands now;
/// while the group is down they wait here. It survives the group's restarts.
///
/// Hears: question, hear_events (foreign threads); house_opened, house_closed (supervisor).
/// Says:  whatever a question asks; hear_events (narrator).
/// Never: holds more than `max_waiting` questions, or forgets one: a dropped question answers
/// itself.

#include "actors/protocol.hpp"

namespace hive::actors {

struct gateway_deps {
  std::size_t max_waiting{10'000};
};

gateway_actor spawn_gateway(caf::actor_system& system, gateway_deps deps);

} // namespace hive::actors
