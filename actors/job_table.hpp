#pragma once
/// The jobs that have not ended, or whose end is not durable yet, and every order the queue looks
/// them up in. Part of the queue actor, on its thread.

#include "actors/live_job.hpp"
#include "core/job/line.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace hive::actors {

class job_table {
 public:
  using jobs = std::map<job_id, live_job>; ///< by age

  live_job& add(job_record record, std::string token, const retry_policy& policy);
  /// Takes the job out. It must be there.
  live_job take(const job_id& id);
  /// After every change of a job's state, priority, rank, worker, orders or waits.
  void refresh(live_job& job);

  live_job* find(const job_id& id);
  /// Whose actors these are.
  live_job* of_worker(const caf::actor_addr& who);
  /// The job of an idempotency key, or none.
  const job_record* by_key(const std::string& key) const;
  const jobs& all() const noexcept { return jobs_; }
  std::size_t size() const noexcept { return jobs_.size(); }

  const job_line& line() const noexcept { return line_; }
  /// Jobs with actors of their own.
  std::size_t at_work() const noexcept { return workers_.size(); }
  /// Those, and jobs whose wait is too short to give the slot away.
  std::size_t slots_taken() const noexcept { return slots_taken_; }
  /// Those that wait for room on the disk, or were given it and have not taken it yet; by age.
  const std::set<job_id>& for_room() const noexcept { return for_room_; }
  /// Who gets the next of `slots`: the first in line, passing jobs of its priority whose origin
  /// holds its share already, unless a person has placed them. None when nobody is queued.
  live_job* next(std::size_t slots);

 private:
  struct origin {
    std::size_t queued{0};
    std::size_t at_work{0};
  };

  void leave_orders(live_job& job);
  std::size_t share_of(std::size_t slots) const;

  jobs jobs_;
  job_line line_;
  std::unordered_map<std::string, job_id> keys_;
  std::map<caf::actor_addr, job_id> workers_;
  std::unordered_map<std::string, origin> origins_; ///< those with jobs queued or at work
  std::set<job_id> for_room_;
  std::size_t slots_taken_{0};
};

} // namespace hive::actors
