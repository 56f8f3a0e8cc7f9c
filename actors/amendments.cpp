#include "actors/amendments.hpp"

#include "actors/inspect.hpp"
#include "actors/job_facts.hpp"
#include "actors/spelling.hpp"

namespace hive::actors {
namespace {

constexpr std::chrono::seconds ledger_limit{10};

} // namespace

live_job* amendments::living(const job_id& id) {
  const auto at = deps_.jobs->find(id);
  return at == deps_.jobs->end() ? nullptr : &at->second;
}

caf::result<job_record> amendments::take(const change_job& m) {
  auto* job = living(m.id);
  const bool over = !job || job->settled || is_terminal(job->record.state);
  if (over) return refuse(m.id);
  const auto before = job->record.asked;
  apply(m.what, job->record.asked);
  auto promise = deps_.self->make_response_promise<job_record>();
  ask(deps_.self, deps_.ledger, ledger_limit, keep_job{job->record})
      .then([this, id = m.id, before, promise]() mutable { hold(id, before, promise); },
            [this, id = m.id, before, promise](const caf::error& why) mutable {
              if (auto* still = living(id)) still->record.asked = before;
              promise.deliver(as_error(as_failure(why, "the ledger")));
            });
  return promise;
}

void amendments::hold(const job_id& id, const job_request& before, job_promise promise) {
  const auto* job = living(id);
  if (!job) return promise.deliver(as_error(already_over(id)));
  const auto rate = job->record.asked.max_rate;
  if (rate != before.max_rate) {
    if (job->worker) tell(deps_.self, deps_.limits, limit_job{id, rate});
    tell(deps_.self, deps_.narrator,
         narrate{rate_fact(job->record, before.max_rate), event_kind::narration, {}, {}});
  }
  promise.deliver(job->record);
}

/// Ended, or never heard of.
caf::result<job_record> amendments::refuse(const job_id& id) {
  auto promise = deps_.self->make_response_promise<job_record>();
  ask(deps_.self, deps_.ledger, ledger_limit, query_job{id})
      .then(
          [promise](const job_record& known) mutable {
            promise.deliver(as_error(already_over(known.id)));
          },
          [promise](const caf::error& why) mutable {
            promise.deliver(as_error(as_failure(why, "the ledger")));
          });
  return promise;
}

} // namespace hive::actors
