#pragma once
/// The shelf: one transfer per content, shared by every job that wants it. The last reader who
/// leaves stops the transfer.
///
/// Hears: fetch_file, release_contents; transfer_progressed, transfer_noted, transfer_ended from
/// its
///        transfers; partial_purged from the disk thread; the death of readers.
/// Says:  watch_sharing (swarm); find_blob (catalog); charge_transfer and orders to stop
/// (transfer); file_progressed,
///        file_fetched, file_failed (readers); narrate.
/// Never: lets one reader's leaving touch another's bytes.

#include "actors/protocol.hpp"
#include "core/store/home.hpp"

#include <chrono>

namespace hive::actors {

/// How long one waits until it has let go of contents.
inline constexpr std::chrono::seconds release_limit{5};

struct shelf_deps {
  store::home home;
  transfer::service* service{nullptr}; ///< outlives the actors
  catalog_actor catalog;
  narrator_actor narrator;
  swarm_actor swarm; ///< null: nothing is shared with other nodes
};

shelf_actor spawn_shelf(caf::local_actor* parent, shelf_deps deps);

} // namespace hive::actors
