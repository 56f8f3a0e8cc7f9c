#pragma once
/// Limits: what holds now for bandwidth, lanes and slots, and for each job's own rate. Weighs what
/// was set while the node runs, the schedule and the settings, and puts changes into force at once.
///
/// Hears: query_limits, change_limits (from outside); limit_job, watch_slots (queue); its own tick,
///        at every full minute while there is a schedule.
/// Says:  keep_settings, recall_settings (ledger), slots_changed (queue), narrate.
/// Never: lets a change hold that is not durable.

#include "actors/protocol.hpp"

#include <array>
#include <atomic>

namespace hive::actors {

/// By limits::limit; any thread reads.
using limit_board = std::array<std::atomic<std::uint64_t>, limits::limit_count>;

struct limits_deps {
  ledger_actor ledger;
  narrator_actor narrator;
  limits::configuration settings{limits::default_configuration()};
  std::shared_ptr<limit_board> board{std::make_shared<limit_board>()};
  /// Holds a bucket of downloads ("" the node's) to bytes/s, 0: no limit.
  std::function<void(const std::string& bucket, std::uint64_t rate)> hold_download{};
  std::function<void(std::size_t most)> hold_lanes{};
  std::function<wall_time()> wall{wall_now};
};

limits_actor spawn_limits(caf::local_actor* parent, limits_deps deps);

} // namespace hive::actors
