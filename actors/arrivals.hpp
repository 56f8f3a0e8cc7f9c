#pragma once
/// The queue's entrance: a submission becomes a job, and an ended job one that waits again, once
/// that is durable. Submissions with the same idempotency key go one after the other. Part of the
/// queue actor, on its thread.

#include "actors/job_table.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace hive::actors {

struct arrivals_deps {
  queue_actor::pointer self{nullptr};
  ledger_actor ledger;
  job_table* jobs{nullptr};
  /// Takes in a job that is durable; `step`: how it came there, empty for a new one.
  std::function<void(job_record made, std::string token, std::optional<job_step> step)> admit;
};

class arrivals {
 public:
  explicit arrivals(arrivals_deps deps) : deps_(std::move(deps)) {}
  caf::result<job_record> take(submit_job m);
  /// A failed or cancelled job, to be tried once more. errc::not_found; errc::conflict when it
  /// succeeded, or is on its way back already.
  void take_back(const job_id& id, job_promise promise);

 private:
  struct arrival {
    submit_job what;
    job_promise promise;
  };

  void look_for(const std::string& key);
  void repeat(const std::string& key, const job_record& known);
  void next_of(const std::string& key);
  void accept(arrival a);
  void renew(job_record record, job_promise promise);

  arrivals_deps deps_;
  std::map<std::string, std::deque<arrival>> lines_; ///< by idempotency key
  std::set<job_id> returning_;
};

} // namespace hive::actors
