#pragma once
/// Changes of jobs that live, for the queue: durable before they are answered and in force.

#include "actors/job_table.hpp"
#include "actors/protocol.hpp"

#include <functional>

namespace hive::actors {

struct amendment_deps {
  queue_actor::pointer self;
  ledger_actor ledger;
  narrator_actor narrator;
  limits_actor limits;
  job_table* jobs;
  std::function<job_record(const live_job&)> shown; ///< as the queue shows it
};

/// Belongs to the queue and is called by its handlers only.
class amendments {
 public:
  explicit amendments(amendment_deps deps) : deps_(std::move(deps)) {}

  /// errc::not_found; errc::conflict when the job has ended.
  caf::result<job_record> take(const change_job& m);
  /// For a job that is not in the table: it has ended, or nobody has heard of it.
  caf::result<job_record> refuse(const job_id& id);

 private:
  void place(live_job& job, std::size_t position);
  void hold(const job_id& id, const job_request& before, bool moved, job_promise promise);

  amendment_deps deps_;
};

} // namespace hive::actors
