#pragma once
/// The ledger: owns a connection to hive.db and keeps jobs and the histories of finished ones.
/// Blocks, so it has a thread of its own. What it has answered is durable.
///
/// Hears: keep_job, keep_history, query_job, query_jobs, query_job_by_key, list_unfinished,
///        recall_history; its own tick, at which it forgets what ended too long ago.
/// Says:  nothing but answers.
/// Never: decides about a job's state.

#include "actors/protocol.hpp"

#include <chrono>
#include <filesystem>

namespace hive::actors {

/// How long one waits for its answer.
inline constexpr std::chrono::seconds ledger_limit{10};

struct ledger_deps {
  std::filesystem::path database;
  std::size_t finished_kept{10'000};  ///< finished jobs with their histories
  std::chrono::days finished_for{30}; ///< and at most this long
};

ledger_actor spawn_ledger(caf::local_actor* parent, ledger_deps deps);

} // namespace hive::actors
