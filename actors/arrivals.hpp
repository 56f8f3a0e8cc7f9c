#pragma once
/// The queue's entrance: a submission becomes a job once it is durable. Those with the same
/// idempotency key go one after the other. Part of the queue actor, on its thread.

#include "actors/live_job.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>

namespace hive::actors {

struct arrivals_deps {
  queue_actor::pointer self{nullptr};
  ledger_actor ledger;
  /// The living job of a key, or none.
  std::function<const job_record*(const std::string& key)> find;
  /// Takes in a job that is durable.
  std::function<void(job_record made, std::string token)> admit;
};

class arrivals {
 public:
  explicit arrivals(arrivals_deps deps) : deps_(std::move(deps)) {}
  caf::result<job_record> take(submit_job m);

 private:
  struct arrival {
    submit_job what;
    job_promise promise;
  };

  void look_for(const std::string& key);
  void repeat(const std::string& key, const job_record& known);
  void next_of(const std::string& key);
  void accept(arrival a);

  arrivals_deps deps_;
  std::map<std::string, std::deque<arrival>> lines_; ///< by idempotency key
};

} // namespace hive::actors
