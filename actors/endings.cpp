#include "actors/endings.hpp"

#include "actors/inspect.hpp"
#include "actors/job_facts.hpp"
#include "actors/shelf.hpp"
#include "actors/spelling.hpp"

#include <vector>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds keep_again_after{5};

/// It has come to its end, and that is not a cancel.
bool is_over(const live_job& job) {
  return job.settled || (is_terminal(job.record.state) && job.record.state != job_state::cancelled);
}

} // namespace

caf::result<job_record> endings::cancel(const cancel_job& m) {
  auto* job = deps_.jobs->find(m.id);
  if (!job) return cancel_ended(m);
  if (is_over(*job)) return as_error(already_over(m.id));
  if (job->worker) {
    stop(*job, m.purge);
    return deps_.shown(*job);
  }
  auto promise = deps_.self->make_response_promise<job_record>();
  job->waiters.push_back(promise);
  stop(*job, m.purge);
  return promise;
}

jobs_cancelled endings::cancel_all(bool purge) {
  std::vector<job_id> all;
  for (const auto& [id, job] : deps_.jobs->all())
    if (!job.settled && !is_terminal(job.record.state)) all.push_back(id);
  for (const auto& id : all) stop(*deps_.jobs->find(id), purge);
  return {all.size()};
}

void endings::stop(live_job& job, bool purge) {
  const auto why = purge ? stop_reason::cancel_purge : stop_reason::cancel_keep;
  if (job.worker) {
    if (job.stopping == why || job.stopping == stop_reason::cancel_purge) return;
    job.stopping = why;
    order_stop(job.worker, why);
  } else if (!is_terminal(job.record.state) && !job.stopping) {
    drop(job, purge);
  }
}

/// Ends a job that has no actors. With purge what it began goes first.
void endings::drop(live_job& job, bool purge) {
  job.stopping = purge ? stop_reason::cancel_purge : stop_reason::cancel_keep;
  job.waits = waits_for::nothing;
  deps_.jobs->refresh(job);
  const auto& id = job.record.id;
  release_contents begun{id, {}, true};
  for (const auto& one : job.record.contents) begun.keys.push_back(one.key);
  if (!purge || begun.keys.empty()) {
    finish(job, job_step::cancel, std::nullopt);
    return deps_.after();
  }
  ++underway_;
  const auto then = [this, id] {
    --underway_;
    finish(*deps_.jobs->find(id), job_step::cancel, std::nullopt);
    deps_.after();
  };
  ask(deps_.self, deps_.shelf, release_limit, std::move(begun))
      .then([then](const contents_released&) { then(); }, [then](const caf::error&) { then(); });
}

caf::result<job_record> endings::cancel_ended(const cancel_job& m) {
  auto promise = deps_.self->make_response_promise<job_record>();
  ask(deps_.self, deps_.ledger, ledger_limit, query_job{m.id})
      .then(
          [promise](const job_record& known) mutable {
            known.state == job_state::cancelled ? promise.deliver(known)
                                                : promise.deliver(as_error(already_over(known.id)));
          },
          [promise](const caf::error& why) mutable {
            promise.deliver(as_error(as_failure(why, "the ledger")));
          });
  return promise;
}

void endings::finish(live_job& job, job_step step, std::optional<failure> error) {
  close(job.record, step, std::move(error));
  deps_.jobs->refresh(job);
  ++counts_[static_cast<std::size_t>(job.record.state)];
  job.token.clear();
  keep(job.record.id);
}

void endings::keep(const job_id& id) {
  const auto* job = deps_.jobs->find(id);
  if (!job) return;
  ++underway_;
  ask(deps_.self, deps_.ledger, ledger_limit, keep_job{job->record})
      .then([this, id] { tell_end(id); },
            [this, id](const caf::error& why) {
              --underway_;
              tell(deps_.self, deps_.narrator,
                   narrate{unkept_fact(id, as_failure(why, "the ledger")),
                           event_kind::narration,
                           {},
                           {}});
              tell_later(deps_.self, deps_.self, keep_again_after, keep_again{id});
              deps_.after();
            });
}

void endings::tell_end(const job_id& id) {
  --underway_;
  auto done = deps_.jobs->take(id);
  const auto& ended = done.record;
  tell(deps_.self, deps_.narrator, narrate{end_fact(ended), event_kind::end, ended.state, {}});
  for (auto& waiter : done.waiters) waiter.deliver(ended);
  for (auto& again : done.retries) deps_.retry(id, std::move(again));
  deps_.after();
}

} // namespace hive::actors
