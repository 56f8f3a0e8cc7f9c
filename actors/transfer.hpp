#pragma once
/// One content on its way: holds the ticket of a running transfer and turns the loop thread's calls
/// into messages.
///
/// Hears: charge_transfer; from the loop thread transfer_progressed, transfer_noted,
/// transfer_ended,
///        sockets_closed; an order to stop (with or without purge).
/// Also hears piece_ordered (swarm), and says begin_sharing, end_sharing and piece_told to it.
/// Says:  transfer_progressed, transfer_noted, transfer_ended to the shelf.
/// Never: ends before its sockets and files are closed, unless it crashes.

#include "actors/protocol.hpp"

namespace hive::actors {

struct transfer_deps {
  transfer::service* service{nullptr}; ///< outlives the actors
  shelf_actor shelf;
  swarm_actor swarm; ///< of a shared one
  std::string key;
  transfer::order order;
};

transfer_actor spawn_transfer(caf::local_actor* parent, transfer_deps deps);

} // namespace hive::actors
