#include "actors/queue.hpp"

#include "actors/inspect.hpp"
#include "actors/job.hpp"
#include "actors/job_facts.hpp"
#include "actors/spelling.hpp"
#include "core/base/redact.hpp"

#include <algorithm>
#include <deque>
#include <map>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds ledger_limit{10};
constexpr std::chrono::seconds keep_again_after{5};

using answer = caf::typed_response_promise<job_record>;

/// A job that has not ended, or whose end is not durable yet.
struct live_job {
  job_record record;
  std::string token;
  job_actor worker;
  std::optional<job_settled> settled;  ///< its own word about how it went
  std::optional<stop_reason> stopping; ///< a person's
  std::vector<answer> cancels;         ///< who waits for the end to be durable
};

struct arrival {
  submit_job what;
  answer promise;
};

/// The ledger's trouble, told to whoever asked.
template <class Promise>
auto refuse(Promise promise) {
  return [promise](const caf::error& why) mutable {
    promise.deliver(as_error(as_failure(why, "the ledger")));
  };
}

class queue_state {
 public:
  using handle = queue_actor;
  static constexpr const char* name = "queue";

  queue_state(queue_actor::pointer self, queue_deps deps) : self_(self), deps_(std::move(deps)) {}

  queue_actor::behavior_type make_behavior() {
    on_exit_signal(
        self_, [this](const caf::actor_addr& who, const caf::error& why) { hear_exit(who, why); });
    ask(self_, deps_.ledger, ledger_limit, list_unfinished{})
        .await([this](job_list& known) { resume(std::move(known.jobs)); },
               [this](const caf::error& why) { self_->quit(why); });
    return {
        [this](submit_job& m) { return submit(std::move(m)); },
        [this](const cancel_job& m) { return cancel(m); },
        [this](const query_job& m) { return find(m); },
        [this](const query_jobs& m) { return list(m); },
        [this](const count_jobs&) { return count(); },
        [this](const job_advanced& m) { advance(m); },
        [this](const job_progressed& m) { progress(m); },
        [this](const job_settled& m) { settle(m); },
        [this](const keep_again& m) { keep_end(m.id); },
    };
  }

 private:
  // Jobs of before.

  void resume(std::vector<job_record> known) {
    for (auto& record : known) {
      const bool was_running = is_running(record.state);
      const auto id = record.id;
      auto& job =
          jobs_.try_emplace(id, live_job{std::move(record), {}, {}, {}, {}, {}}).first->second;
      was_running ? move(job, job_step::requeue) : tell_state(job, std::nullopt);
    }
    start_ready();
  }

  // Jobs come.

  caf::result<job_record> submit(submit_job m) {
    if (leaving_) return as_error(fail(errc::shutting_down, "the node takes no more jobs"));
    if (jobs_.size() >= deps_.max_live)
      return as_error(fail(errc::overloaded, std::to_string(jobs_.size()) + " jobs wait already",
                           "submit again when some have ended"));
    auto promise = self_->make_response_promise<job_record>();
    const auto key = m.asked.idempotency_key;
    if (key.empty()) {
      accept({std::move(m), promise});
      return promise;
    }
    auto& line = arrivals_[key];
    line.push_back({std::move(m), promise});
    if (line.size() == 1) look_for(key);
    return promise;
  }

  /// Arrivals with the same key go one after the other.
  void look_for(const std::string& key) {
    const auto known = std::ranges::find_if(
        jobs_, [&](const auto& entry) { return entry.second.record.asked.idempotency_key == key; });
    if (known != jobs_.end()) return repeat(key, known->second.record);
    ask(self_, deps_.ledger, ledger_limit, query_job_by_key{key})
        .then(
            [this, key](job_found& found) {
              found.record ? repeat(key, *found.record) : accept(arrivals_.at(key).front());
            },
            [this, key](const caf::error& why) {
              arrivals_.at(key).front().promise.deliver(as_error(as_failure(why, "the ledger")));
              next_of(key);
            });
  }

  void repeat(const std::string& key, const job_record& known) {
    auto& first = arrivals_.at(key).front();
    if (first.what.asked == known.asked)
      first.promise.deliver(known);
    else
      first.promise.deliver(
          as_error(fail(errc::conflict,
                        "this idempotency key was used for another request: job " + known.id.value,
                        "use a new key for a new request")));
    next_of(key);
  }

  void next_of(const std::string& key) {
    if (key.empty()) return;
    auto& line = arrivals_.at(key);
    line.pop_front();
    if (!line.empty()) return look_for(key);
    arrivals_.erase(key);
  }

  /// Durable first, then true.
  void accept(arrival a) {
    job_record made;
    made.id = job_id{new_ulid()};
    made.asked = std::move(a.what.asked);
    made.created = wall_now();
    ask(self_, deps_.ledger, ledger_limit, keep_job{made})
        .then(
            [this, made, token = std::move(a.what.token), promise = a.promise]() mutable {
              auto& job =
                  jobs_.try_emplace(made.id, live_job{made, std::move(token), {}, {}, {}, {}})
                      .first->second;
              promise.deliver(made);
              tell_state(job, std::nullopt);
              next_of(made.asked.idempotency_key);
              start_ready();
            },
            [this, key = made.asked.idempotency_key,
             promise = a.promise](const caf::error& why) mutable {
              promise.deliver(as_error(as_failure(why, "the ledger")));
              next_of(key);
            });
  }

  // Jobs run.

  void start_ready() {
    while (!leaving_ && running() < deps_.max_jobs) {
      live_job* best = nullptr; // ids are ordered by age
      for (auto& [id, job] : jobs_)
        if (job.record.state == job_state::queued &&
            (!best || job.record.asked.priority > best->record.asked.priority))
          best = &job;
      if (!best) return;
      start(*best);
    }
  }

  std::size_t running() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(jobs_, [](const auto& entry) { return bool{entry.second.worker}; }));
  }

  void start(live_job& job) {
    if (!job.record.started) job.record.started = wall_now();
    move(job, job_step::start);
    job.worker = spawn_job(
        self_,
        {queue_actor{self_}, deps_.narrator, deps_.catalog, deps_.desk, deps_.shelf, deps_.retry},
        job.record, job.token);
  }

  void advance(const job_advanced& m) {
    const auto at = jobs_.find(m.id);
    if (at == jobs_.end()) return;
    auto& job = at->second;
    if (!after(job.record.state, m.step)) return;
    job.record.cause = redact(m.cause);
    job.record.until = m.until;
    if (!m.revision.empty()) job.record.revision = m.revision;
    move(job, m.step);
  }

  void progress(const job_progressed& m) {
    if (const auto at = jobs_.find(m.id); at != jobs_.end())
      at->second.record.progress = m.progress;
  }

  void settle(const job_settled& m) {
    if (const auto at = jobs_.find(m.id); at != jobs_.end()) at->second.settled = m;
  }

  /// One step along the course: record, ledger, event.
  void move(live_job& job, job_step step) {
    const auto next = after(job.record.state, step);
    if (!next) return;
    job.record.state = *next;
    if (*next != job_state::waiting) {
      job.record.cause.clear();
      job.record.until.reset();
    }
    ask(self_, deps_.ledger, ledger_limit, keep_job{job.record})
        .then([] {}, [this, id = job.record.id](const caf::error& why) { say_unkept(id, why); });
    tell_state(job, step);
  }

  // Jobs end.

  caf::result<job_record> cancel(const cancel_job& m) {
    const auto at = jobs_.find(m.id);
    if (at == jobs_.end()) return cancel_ended(m);
    auto& job = at->second;
    const bool ended = is_terminal(job.record.state);
    if (job.settled || (ended && job.record.state != job_state::cancelled))
      return as_error(already_over(job.record));
    if (job.worker) {
      const auto why = m.purge ? stop_reason::cancel_purge : stop_reason::cancel_keep;
      if (job.stopping && (*job.stopping == why || !m.purge)) return job.record;
      job.stopping = why;
      order_stop(job.worker, why);
      return job.record;
    }
    auto promise = self_->make_response_promise<job_record>();
    job.cancels.push_back(promise);
    if (!ended) finish(job, job_step::cancel, std::nullopt);
    return promise;
  }

  caf::result<job_record> cancel_ended(const cancel_job& m) {
    auto promise = self_->make_response_promise<job_record>();
    ask(self_, deps_.ledger, ledger_limit, query_job{m.id})
        .then(
            [promise](const job_record& known) mutable {
              known.state == job_state::cancelled ? promise.deliver(known)
                                                  : promise.deliver(as_error(already_over(known)));
            },
            refuse(promise));
    return promise;
  }

  static failure already_over(const job_record& known) {
    return fail(errc::conflict, "job " + known.id.value + " has already ended");
  }

  void hear_exit(const caf::actor_addr& who, const caf::error& why) {
    const auto at = std::ranges::find_if(
        jobs_, [&](const auto& entry) { return is(who, entry.second.worker); });
    if (at == jobs_.end()) return leave(why);
    auto& job = at->second;
    job.worker = nullptr;
    conclude(job, why);
    start_ready();
    leave_when_idle();
  }

  /// A job's actors are down: what has become of it?
  void conclude(live_job& job, const caf::error& why) {
    if (job.settled && !job.settled->error) {
      job.record.artifact = job.settled->artifact;
      return finish(job, job_step::committed, std::nullopt);
    }
    if (job.settled) return finish(job, job_step::fail, job.settled->error);
    if (job.stopping) return finish(job, job_step::cancel, std::nullopt);
    if (leaving_) return move(job, job_step::requeue);
    finish(job, job_step::fail, fail(errc::actor_failed, as_failure(why, "the job").detail));
  }

  void finish(live_job& job, job_step step, std::optional<failure> error) {
    const auto next = after(job.record.state, step);
    job.record.state = next.value_or(job_state::failed);
    job.record.cause.clear();
    job.record.until.reset();
    job.record.finished = wall_now();
    job.record.progress.rate = 0;
    job.record.progress.eta.reset();
    if (error) job.record.error = redacted(std::move(*error));
    ++ended_[static_cast<std::size_t>(job.record.state)];
    job.token.clear();
    keep_end(job.record.id);
  }

  /// An end is told once it is durable.
  void keep_end(const job_id& id) {
    const auto at = jobs_.find(id);
    if (at == jobs_.end()) return;
    ++unkept_;
    ask(self_, deps_.ledger, ledger_limit, keep_job{at->second.record})
        .then([this, id] { end_kept(id); },
              [this, id](const caf::error& why) {
                --unkept_;
                say_unkept(id, why);
                if (!leaving_) tell_later(self_, self_, keep_again_after, keep_again{id});
                leave_when_idle();
              });
  }

  void end_kept(const job_id& id) {
    --unkept_;
    auto done = jobs_.extract(id);
    tell_end(done.mapped().record);
    for (auto& waiting : done.mapped().cancels) waiting.deliver(done.mapped().record);
    leave_when_idle();
  }

  // Questions.

  caf::result<job_record> find(const query_job& m) {
    if (const auto at = jobs_.find(m.id); at != jobs_.end()) return at->second.record;
    return self_->delegate(deps_.ledger, m);
  }

  /// The ledger knows every job; the living ones are fresher here.
  caf::result<job_page> list(const query_jobs& m) {
    auto promise = self_->make_response_promise<job_page>();
    ask(self_, deps_.ledger, ledger_limit, m)
        .then(
            [this, promise](job_page& page) mutable {
              for (auto& record : page.items)
                if (const auto at = jobs_.find(record.id); at != jobs_.end())
                  record = at->second.record;
              promise.deliver(std::move(page));
            },
            refuse(promise));
    return promise;
  }

  job_counts count() const {
    job_counts now{ended_};
    for (const auto& [id, job] : jobs_)
      if (!is_terminal(job.record.state))
        ++now.by_state[static_cast<std::size_t>(job.record.state)];
    return now;
  }

  // The queue stops: running jobs become queued again.

  void leave(const caf::error& why) {
    if (leaving_) return;
    leaving_ = why;
    for (const auto& [id, job] : jobs_)
      if (job.worker) order_stop(job.worker, is_stop(why) ? why : stop_reason::group_restart);
    leave_when_idle();
  }

  void leave_when_idle() {
    if (leaving_ && running() == 0 && unkept_ == 0) self_->quit(*leaving_);
  }

  // Words.

  void tell_state(const live_job& job, std::optional<job_step> step) {
    tell(self_, deps_.narrator,
         narrate{state_fact(job.record, step), event_kind::state, job.record.state, {}});
  }

  void tell_end(const job_record& record) {
    tell(self_, deps_.narrator, narrate{end_fact(record), event_kind::end, record.state, {}});
  }

  void say_unkept(const job_id& id, const caf::error& why) {
    auto told = unkept_fact(id, as_failure(why, "the ledger"));
    tell(self_, deps_.narrator, narrate{std::move(told), event_kind::narration, {}, {}});
  }

  queue_actor::pointer self_;
  queue_deps deps_;
  std::map<job_id, live_job> jobs_;                     ///< by age
  std::map<std::string, std::deque<arrival>> arrivals_; ///< by idempotency key
  std::array<std::uint64_t, 9> ended_{};                ///< since the start
  std::size_t unkept_{0};                               ///< ends on their way to the ledger
  std::optional<caf::error> leaving_;
};

} // namespace

queue_actor spawn_queue(caf::local_actor* parent, queue_deps deps) {
  return spawn_child<queue_state>(parent, std::move(deps));
}

} // namespace hive::actors
