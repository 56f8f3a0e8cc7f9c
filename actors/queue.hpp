#pragma once
/// The queue: owns every job that has not ended. Starts them as slots get free (higher priority
/// first, then rank, then age), keeps their records, and is the only one who says what state a job
/// is in.
///
/// Hears: submit_job, cancel_job, cancel_jobs, steer_job, change_job, query_job, query_jobs,
/// count_jobs; slots_changed
///        (limits); job_planned, job_advanced, job_settled (job), job_progressed (heartbeat); its
///        own wake_up, look_for_room, keep_again and widen_start; the end of jobs; an order to
///        stop.
/// Says:  keep_job and queries (ledger), narrate (state, retries and end), measure_room (catalog),
///        release_contents (shelf), watch_slots and limit_job (limits), orders to stop (job).
/// Never: answers a submit before the job is durable, or tells an end before the job's actors are
/// down.

#include "actors/protocol.hpp"

namespace hive::actors {

struct queue_deps {
  ledger_actor ledger;
  narrator_actor narrator;
  catalog_actor catalog;
  desk_actor desk;
  shelf_actor shelf;
  limits_actor limits;                      ///< says how many run at once
  store::home home{};                       ///< for audits and builds
  std::uint64_t disk_reserve{256ull << 20}; ///< for builds
  std::size_t max_live{10'000};             ///< not ended, at most
  retry_policy retry{};
  std::function<std::string()> held_up{}; ///< what holds up every transfer; for heartbeats
};

queue_actor spawn_queue(caf::local_actor* parent, queue_deps deps);

} // namespace hive::actors
