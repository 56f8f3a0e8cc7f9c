#pragma once
/// Changes of jobs that live, for the queue: durable before they are answered and in force.

#include "actors/live_job.hpp"
#include "actors/protocol.hpp"

namespace hive::actors {

struct amendment_deps {
  queue_actor::pointer self;
  ledger_actor ledger;
  narrator_actor narrator;
  limits_actor limits;
  live_jobs* jobs;
};

/// Belongs to the queue and is called by its handlers only.
class amendments {
 public:
  explicit amendments(amendment_deps deps) : deps_(std::move(deps)) {}

  /// errc::not_found; errc::conflict when the job has ended.
  caf::result<job_record> take(const change_job& m);

 private:
  live_job* living(const job_id& id);
  caf::result<job_record> refuse(const job_id& id);
  void hold(const job_id& id, const job_request& before, job_promise promise);

  amendment_deps deps_;
};

} // namespace hive::actors
