#pragma once
/// The supervisor: the root everything hangs under. Starts the group of long-lived actors; when one
/// of them crashes, stops the others in order and starts all anew; stops for good when told, or
/// after more than five restarts in a minute.
///
/// Hears: open_house; the end of the group's actors; an order to stop.
/// Says:  house_opened, house_closed (gateway), orders to stop.
/// Never: does work of its own.

#include "actors/catalog.hpp"
#include "actors/desk.hpp"
#include "actors/ledger.hpp"
#include "actors/limits.hpp"
#include "actors/narrator.hpp"
#include "actors/pulse.hpp"
#include "actors/queue.hpp"
#include "actors/shelf.hpp"

namespace hive::actors {

/// What the group is made from. Handles to neighbours are filled in at every start.
struct supervisor_deps {
  gateway_actor gateway;
  ledger_deps ledger;
  narrator_deps narrator;
  catalog_deps catalog;
  desk_deps desk;
  shelf_deps shelf;
  limits_deps limits;
  queue_deps queue;
  pulse_deps pulse;
  std::shared_ptr<std::atomic<std::uint64_t>> restarts;
  std::function<void(failure)> on_give_up; ///< may be empty; once, on an actor's thread
};

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_deps deps);

} // namespace hive::actors
