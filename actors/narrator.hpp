#pragma once
/// The narrator: gives every fact its sequence number and its place in history, redacts it, logs it
/// and hands it to the one subscriber. Keeps a bounded history per living job and one ring of the
/// node.
///
/// Hears: narrate, hear_events, replay_events.
/// Says:  keep_history (ledger) when a job has ended.
/// Never: waits for anybody who listens.

#include "actors/protocol.hpp"

#include <atomic>
#include <memory>

namespace hive::actors {

struct narrator_deps {
  ledger_actor ledger;
  std::shared_ptr<std::atomic<std::uint64_t>> last_seq; ///< of the node: survives a new narrator
  std::size_t job_events{256};   ///< per living job, besides its last progress
  std::size_t node_events{4096}; ///< of the whole node, without progress
};

narrator_actor spawn_narrator(caf::local_actor* parent, narrator_deps deps);

} // namespace hive::actors
