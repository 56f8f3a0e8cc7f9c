#include "actors/amendments.hpp"

#include "actors/inspect.hpp"
#include "actors/job_facts.hpp"
#include "actors/spelling.hpp"

namespace hive::actors {

caf::result<job_record> amendments::take(const change_job& m) {
  auto* job = deps_.jobs->find(m.id);
  const bool over = !job || job->settled || is_terminal(job->record.state);
  if (over) return refuse(m.id);
  if (m.what.position && !job->standing.place)
    return as_error(fail(errc::conflict,
                         "job " + m.id.value + " is not in line: it is " +
                             std::string{to_string(job->record.state)},
                         "only queued jobs have a position"));
  const auto before = job->record.asked;
  apply(m.what, job->record.asked);
  deps_.jobs->refresh(*job);
  if (m.what.position) place(*job, *m.what.position);
  auto promise = deps_.self->make_response_promise<job_record>();
  ask(deps_.self, deps_.ledger, ledger_limit, keep_job{job->record})
      .then([this, id = m.id, before, moved = m.what.position.has_value(),
             promise]() mutable { hold(id, before, moved, promise); },
            [this, id = m.id, before, promise](const caf::error& why) mutable {
              if (auto* still = deps_.jobs->find(id)) {
                still->record.asked = before;
                deps_.jobs->refresh(*still);
              }
              promise.deliver(as_error(as_failure(why, "the ledger")));
            });
  return promise;
}

/// Neighbours that had to move as well are kept beside; what is lost of that is their order only.
void amendments::place(live_job& job, std::size_t position) {
  for (const auto& at : deps_.jobs->line().to_move(*job.standing.place, position)) {
    auto& moved = *deps_.jobs->find(at.id);
    moved.record.asked.priority = at.priority;
    moved.record.rank = at.rank;
    deps_.jobs->refresh(moved);
    if (&moved != &job)
      ask(deps_.self, deps_.ledger, ledger_limit, keep_job{moved.record})
          .then([] {}, [](const caf::error&) {});
  }
}

void amendments::hold(const job_id& id, const job_request& before, bool moved,
                      job_promise promise) {
  const auto* job = deps_.jobs->find(id);
  if (!job) return promise.deliver(as_error(already_over(id)));
  const auto rate = job->record.asked.max_rate;
  if (rate != before.max_rate) {
    if (job->worker) tell(deps_.self, deps_.limits, limit_job{id, rate});
    tell(deps_.self, deps_.narrator,
         narrate{rate_fact(job->record, before.max_rate), event_kind::narration, {}, {}});
  }
  auto shown = deps_.shown(*job);
  if (moved || shown.asked.priority != before.priority)
    tell(deps_.self, deps_.narrator, narrate{place_fact(shown), event_kind::narration, {}, {}});
  promise.deliver(std::move(shown));
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
