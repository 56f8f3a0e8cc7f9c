#pragma once
/// The supervisor: the root everything hangs under. Starts the group of long-lived actors; when one
/// of them crashes, stops the others in order and starts all anew. It stops for good when told,
/// when the gateway ends, after more than five restarts in a minute, or when an actor of the group
/// does not end.
///
/// Hears: open_house; the end of the group's actors; an order to stop; its own stop_overdue.
/// Says:  house_opened, house_closed (gateway), orders to stop, put_down, narrate.
/// Never: does work of its own.

#include "actors/catalog.hpp"
#include "actors/cluster.hpp"
#include "actors/desk.hpp"
#include "actors/inspector.hpp"
#include "actors/ledger.hpp"
#include "actors/limits.hpp"
#include "actors/narrator.hpp"
#include "actors/pulse.hpp"
#include "actors/queue.hpp"
#include "actors/sentry.hpp"
#include "actors/shelf.hpp"
#include "actors/swarm.hpp"

namespace hive::actors {

/// What the group is made from. Handles to neighbours are filled in at every start.
struct supervisor_deps {
  gateway_actor gateway;
  ledger_deps ledger;
  narrator_deps narrator;
  catalog_deps catalog;
  desk_deps desk;
  shelf_deps shelf;
  swarm_deps swarm{};
  limits_deps limits;
  queue_deps queue;
  pulse_deps pulse;
  sentry_deps sentry{};
  cluster_deps cluster{};
  std::shared_ptr<std::atomic<std::uint64_t>> restarts;
  /// May be empty. Once, on an actor's thread, when it has ended for any reason but an order.
  std::function<void(failure)> on_give_up;
  /// For one actor of the group to stop in; after that it is put down, and after as long again
  /// there is no hope for it.
  std::chrono::milliseconds stop_limit{std::chrono::seconds{15}};
};

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_deps deps);

} // namespace hive::actors
