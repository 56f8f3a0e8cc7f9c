#include "actors/arrivals.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

namespace hive::actors {

caf::result<job_record> arrivals::take(submit_job m) {
  auto promise = deps_.self->make_response_promise<job_record>();
  const auto key = m.asked.idempotency_key;
  if (key.empty()) {
    accept({std::move(m), promise});
    return promise;
  }
  auto& line = lines_[key];
  line.push_back({std::move(m), promise});
  if (line.size() == 1) look_for(key);
  return promise;
}

void arrivals::look_for(const std::string& key) {
  if (const auto* known = deps_.jobs->by_key(key)) return repeat(key, *known);
  ask(deps_.self, deps_.ledger, ledger_limit, query_job_by_key{key})
      .then(
          [this, key](job_found& found) {
            found.record ? repeat(key, *found.record) : accept(lines_.at(key).front());
          },
          [this, key](const caf::error& why) {
            lines_.at(key).front().promise.deliver(as_error(as_failure(why, "the ledger")));
            next_of(key);
          });
}

void arrivals::repeat(const std::string& key, const job_record& known) {
  auto& first = lines_.at(key).front();
  if (same_wish(first.what.asked, known.asked))
    first.promise.deliver(known);
  else
    first.promise.deliver(as_error(fail(
        errc::conflict, "this idempotency key was used for another request: job " + known.id.value,
        "use a new key for a new request")));
  next_of(key);
}

void arrivals::next_of(const std::string& key) {
  if (key.empty()) return;
  auto& line = lines_.at(key);
  line.pop_front();
  if (!line.empty()) return look_for(key);
  lines_.erase(key);
}

/// Durable first, then true.
void arrivals::accept(arrival a) {
  job_record made;
  made.id = job_id{new_ulid()};
  made.asked = std::move(a.what.asked);
  made.created = wall_now();
  ask(deps_.self, deps_.ledger, ledger_limit, keep_job{made})
      .then(
          [this, made, token = std::move(a.what.token), promise = a.promise]() mutable {
            promise.deliver(made);
            const auto key = made.asked.idempotency_key;
            deps_.admit(std::move(made), std::move(token), std::nullopt);
            next_of(key);
          },
          [this, key = made.asked.idempotency_key,
           promise = a.promise](const caf::error& why) mutable {
            promise.deliver(as_error(as_failure(why, "the ledger")));
            next_of(key);
          });
}

void arrivals::take_back(const job_id& id, job_promise promise) {
  if (!returning_.insert(id).second) return promise.deliver(as_error(not_over(id)));
  ask(deps_.self, deps_.ledger, ledger_limit, query_job{id})
      .then([this, promise](job_record& known) mutable { renew(std::move(known), promise); },
            [this, id, promise](const caf::error& why) mutable {
              returning_.erase(id);
              promise.deliver(as_error(as_failure(why, "the ledger")));
            });
}

void arrivals::renew(job_record record, job_promise promise) {
  const auto id = record.id;
  const auto state = after(record.state, job_step::retry);
  if (!state) {
    returning_.erase(id);
    return promise.deliver(as_error(fail(errc::conflict, "job " + id.value + " has succeeded",
                                         "what it fetched is in the catalog")));
  }
  record.state = *state;
  record.error.reset();
  record.finished.reset();
  record.progress = {};
  ask(deps_.self, deps_.ledger, ledger_limit, keep_job{record})
      .then(
          [this, record, promise]() mutable {
            returning_.erase(record.id);
            promise.deliver(record);
            deps_.admit(std::move(record), {}, job_step::retry);
          },
          [this, id, promise](const caf::error& why) mutable {
            returning_.erase(id);
            promise.deliver(as_error(as_failure(why, "the ledger")));
          });
}

} // namespace hive::actors
