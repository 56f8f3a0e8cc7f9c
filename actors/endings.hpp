#pragma once
/// How jobs come to their end: cancels, and ends that are told once they are durable. Part of the
/// queue actor, on its thread.

#include "actors/job_table.hpp"
#include "core/job/course.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace hive::actors {

struct endings_deps {
  queue_actor::pointer self{nullptr};
  ledger_actor ledger;
  narrator_actor narrator;
  shelf_actor shelf;
  job_table* jobs{nullptr};
  std::function<job_record(const live_job&)> shown; ///< as the queue shows it
  /// A slot, room on the disk or the last job may be gone.
  std::function<void()> after;
  /// A job whose end is durable, asked for again before it was.
  std::function<void(const job_id&, job_promise)> retry;
};

class endings {
 public:
  explicit endings(endings_deps deps) : deps_(std::move(deps)) {}

  /// A job with actors: answered when they have their order; any other: when its end is durable.
  /// errc::not_found; errc::conflict when it ended otherwise. Repeating a cancel succeeds, and with
  /// purge goes beyond one without.
  caf::result<job_record> cancel(const cancel_job& m);
  jobs_cancelled cancel_all(bool purge);
  /// The job's actors, if it had any, are down.
  void finish(live_job& job, job_step step, std::optional<failure> error);
  /// Stores an end; tried again until it succeeds.
  void keep(const job_id& id);

  /// Ends on their way: purging, or to the ledger.
  std::size_t underway() const noexcept { return underway_; }
  /// By state, since the start.
  const std::array<std::uint64_t, 9>& counts() const noexcept { return counts_; }

 private:
  void stop(live_job& job, bool purge);
  void drop(live_job& job, bool purge);
  caf::result<job_record> cancel_ended(const cancel_job& m);
  void tell_end(const job_id& id);

  endings_deps deps_;
  std::size_t underway_{0};
  std::array<std::uint64_t, 9> counts_{};
};

} // namespace hive::actors
