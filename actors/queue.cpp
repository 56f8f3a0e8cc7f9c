#include "actors/queue.hpp"

#include "actors/amendments.hpp"
#include "actors/arrivals.hpp"
#include "actors/endings.hpp"
#include "actors/inspect.hpp"
#include "actors/job.hpp"
#include "actors/job_facts.hpp"
#include "actors/job_table.hpp"
#include "actors/room_line.hpp"
#include "actors/spelling.hpp"
#include "core/base/redact.hpp"

#include <algorithm>
#include <limits>

namespace hive::actors {
namespace {

/// A wait up to here keeps its slot: a blip does not send a job to the end of the line.
constexpr std::chrono::seconds short_wait{5};

/// Jobs of before start few at first, then twice as many at every beat: a node that comes back does
/// not ask every vendor everything at once.
constexpr std::size_t first_start = 4;
constexpr std::chrono::milliseconds widen_every{250};

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

  queue_state(queue_actor::pointer self, queue_deps deps)
    : self_(self), deps_(std::move(deps)),
      arrivals_({self, deps_.ledger, &jobs_,
                 [this](job_record made, std::string token, std::optional<job_step> step) {
                   take_in(std::move(made), std::move(token), step);
                 }}),
      amendments_({self, deps_.ledger, deps_.narrator, deps_.limits, &jobs_,
                   [this](const live_job& job) { return shown(job); }}),
      endings_({self, deps_.ledger, deps_.narrator, deps_.shelf, &jobs_,
                [this](const live_job& job) { return shown(job); }, [this] { ended(); },
                [this](const job_id& id, job_promise again) {
                  arrivals_.take_back(id, std::move(again));
                }}),
      line_({self, deps_.catalog, &jobs_, [this](live_job& job) { give_room(job); }}) {}

  queue_actor::behavior_type make_behavior() {
    on_exit_signal(
        self_, [this](const caf::actor_addr& who, const caf::error& why) { hear_exit(who, why); });
    ask(self_, deps_.ledger, ledger_limit, list_unfinished{})
        .await([this](job_list& known) { resume(std::move(known.jobs)); },
               [this](const caf::error& why) { break_down(self_, why); });
    tell(self_, deps_.limits, watch_slots{queue_actor{self_}});
    return {
        [this](submit_job& m) { return submit(std::move(m)); },
        [this](const cancel_job& m) { return endings_.cancel(m); },
        [this](const cancel_jobs& m) { return endings_.cancel_all(m.purge); },
        [this](const steer_job& m) { return steer(m); },
        [this](const change_job& m) { return amendments_.take(m); },
        [this](const slots_changed& m) { start_up_to(m.max_jobs); },
        [this](const query_job& m) { return find(m); },
        [this](const query_jobs& m) { return list(m); },
        [this](const count_jobs&) { return count(); },
        [this](job_planned& m) { plan(std::move(m)); },
        [this](const job_advanced& m) { advance(m); },
        [this](const job_progressed& m) { progress(m); },
        [this](const job_settled& m) { settle(m); },
        [this](const wake_up& m) { wake(m); },
        [this](const look_for_room&) { line_.beat(); },
        [this](const keep_again& m) { endings_.keep(m.id); },
        [this](const widen_start&) { widen(); },
    };
  }

  description describe() const {
    description d;
    d.add("jobs", jobs_.size());
    d.add("at_work", jobs_.at_work());
    d.add("slots", slots_);
    d.add("slots_taken", jobs_.slots_taken());
    d.add("waiting_for_room", jobs_.for_room().size());
    return d;
  }

 private:
  // Jobs of before.

  void resume(std::vector<job_record> known) {
    for (auto& record : known) {
      const bool was_running = is_running(record.state);
      auto& job = jobs_.add(std::move(record), {}, deps_.retry);
      was_running ? move(job, job_step::requeue) : tell_state(job, std::nullopt);
    }
    if (known.size() > first_start) {
      start_width_ = first_start;
      tell_later(self_, self_, widen_every, widen_start{});
    }
    start_ready();
  }

  void widen() {
    start_width_ *= 2;
    if (start_width_ < slots_)
      tell_later(self_, self_, widen_every, widen_start{});
    else
      start_width_ = std::numeric_limits<std::size_t>::max();
    start_ready();
  }

  // Jobs come.

  std::optional<failure> crowded() const {
    if (leaving_) return fail(errc::shutting_down, "the node takes no more jobs");
    if (jobs_.size() < deps_.max_live) return std::nullopt;
    return fail(errc::overloaded, std::to_string(jobs_.size()) + " jobs wait already",
                "submit again when some have ended");
  }

  caf::result<job_record> submit(submit_job m) {
    if (const auto why = crowded()) return as_error(*why);
    return arrivals_.take(std::move(m));
  }

  void take_in(job_record made, std::string token, std::optional<job_step> step) {
    tell_state(jobs_.add(std::move(made), std::move(token), deps_.retry), step);
    start_ready();
  }

  // Jobs run.

  void start_up_to(std::size_t slots) {
    slots_ = slots;
    start_ready();
  }

  void start_ready() {
    const auto slots = std::min(slots_, start_width_);
    while (!leaving_ && jobs_.slots_taken() < slots) {
      auto* next = jobs_.next(slots);
      if (!next) return;
      start(*next);
    }
  }

  void start(live_job& job) {
    if (!job.record.started) job.record.started = wall_now();
    move(job, job.record.state == job_state::waiting ? job_step::wake : job_step::start);
    tell(self_, deps_.limits, limit_job{job.record.id, job.record.asked.max_rate});
    job.worker = spawn_job(self_,
                           {queue_actor{self_}, deps_.narrator, deps_.catalog, deps_.desk,
                            deps_.shelf, deps_.home, deps_.disk_reserve, deps_.held_up},
                           job.record, job.token);
    jobs_.refresh(job);
  }

  void plan(job_planned m) {
    auto* job = jobs_.find(m.id);
    if (!job) return;
    job->record.revision = std::move(m.revision);
    job->record.contents = std::move(m.contents);
  }

  void advance(const job_advanced& m) {
    auto* job = jobs_.find(m.id);
    if (!job) return;
    if (m.step == job_step::resolved) job->waits = waits_for::nothing; // its room is taken
    move(*job, m.step);
  }

  void progress(const job_progressed& m) {
    if (auto* job = jobs_.find(m.id)) job->record.progress = m.progress;
  }

  void settle(const job_settled& m) {
    auto* job = jobs_.find(m.id);
    if (!job) return;
    job->back = setback_of(*job, m);
    if (!job->back) job->settled = m;
  }

  /// One step along the course: record, ledger, event.
  void move(live_job& job, job_step step) {
    const auto next = after(job.record.state, step);
    if (!next) return;
    job.record.state = *next;
    if (*next != job_state::waiting) {
      job.record.cause = *next == job_state::paused ? "paused by request" : "";
      job.record.until.reset();
    }
    jobs_.refresh(job);
    ask(self_, deps_.ledger, ledger_limit, keep_job{job.record})
        .then([this, id = job.record.id] { answer(id, {}); },
              [this, id = job.record.id](const caf::error& why) {
                const auto trouble = as_failure(why, "the ledger");
                say(unkept_fact(id, trouble));
                answer(id, trouble);
              });
    tell_state(job, step);
  }

  /// Whoever waits for a state to be durable; who waits for the end of a job goes on waiting.
  void answer(const job_id& id, const outcome& kept) {
    auto* job = jobs_.find(id);
    if (!job || job->stopping || is_terminal(job->record.state)) return;
    for (auto& waiter : std::exchange(job->waiters, {}))
      kept ? waiter.deliver(shown(*job)) : waiter.deliver(as_error(kept.why()));
  }

  // Jobs wait, without actors of their own.

  void wait(live_job& job) {
    const auto back = *std::exchange(job.back, std::nullopt);
    const auto& id = job.record.id;
    calm(job.record);
    if (back.why.code == errc::disk_full) {
      job.record.cause = redact(back.why.detail);
      say(room_wait_fact(id, job.record.cause));
      move(job, job_step::stumble);
      return line_.join(job, back.wait);
    }
    job.record.cause = redact(sentence(back.why));
    job.record.until = std::chrono::floor<std::chrono::milliseconds>(wall_now() + back.wait);
    job.waits = back.wait <= short_wait ? waits_for::moment : waits_for::time;
    say(retry_fact(id, back.why, back.wait, job.tries.failures()));
    move(job, job_step::stumble);
    tell_later(self_, self_, back.wait, wake_up{id, ++job.turn});
  }

  void wake(const wake_up& m) {
    auto* job = jobs_.find(m.id);
    if (leaving_ || !job || job->turn != m.turn) return;
    if (job->waits != waits_for::moment && job->waits != waits_for::time) return;
    const auto waited = std::exchange(job->waits, waits_for::nothing);
    if (waited == waits_for::moment) return start(*job);
    move(*job, job_step::requeue);
    start_ready();
  }

  void give_room(live_job& job) {
    if (leaving_) return;
    job.waits = waits_for::turn;
    say(room_fact(job.record.id));
    move(job, job_step::requeue);
    start_ready();
  }

  // Jobs pause, and go on.

  caf::result<job_record> steer(const steer_job& m) {
    auto* job = jobs_.find(m.id);
    if (m.what == job_order::retry) {
      if (job && !is_terminal(job->record.state)) return as_error(not_over(m.id));
      if (const auto why = crowded()) return as_error(*why);
      auto promise = self_->make_response_promise<job_record>();
      // It is shown as ended already: that it is not durable yet is nothing to ask people about.
      if (job)
        job->retries.push_back(promise);
      else
        arrivals_.take_back(m.id, promise);
      return promise;
    }
    if (!job) return amendments_.refuse(m.id);
    const bool doomed = job->stopping && *job->stopping != stop_reason::pause;
    if (job->settled || is_terminal(job->record.state) || doomed)
      return as_error(already_over(m.id));
    const bool pausing = job->stopping.has_value();
    const bool paused = job->record.state == job_state::paused;
    const bool wanted = m.what == job_order::pause;
    if (!pausing && paused == wanted) return shown(*job);
    auto promise = self_->make_response_promise<job_record>();
    job->waiters.push_back(promise);
    if (pausing || job->worker) {
      job->again = !wanted;
      if (!pausing) order_stop(job->worker, stop_reason::pause);
      job->stopping = stop_reason::pause;
    } else {
      job->waits = waits_for::nothing;
      move(*job, wanted ? job_step::pause : job_step::resume);
      start_ready();
    }
    return promise;
  }

  void hear_exit(const caf::actor_addr& who, const caf::error& why) {
    auto* job = jobs_.of_worker(who);
    if (!job) return leave(why);
    job->worker = nullptr;
    job->waits = waits_for::nothing;
    jobs_.refresh(*job);
    tell(self_, deps_.limits, limit_job{job->record.id, 0});
    conclude(*job, why);
    ended();
  }

  /// A job's actors are down: what has become of it?
  void conclude(live_job& job, const caf::error& why) {
    if (job.settled && !job.settled->error) {
      job.record.artifact = job.settled->artifact;
      return endings_.finish(job, job_step::committed, std::nullopt);
    }
    if (job.settled) return endings_.finish(job, job_step::fail, job.settled->error);
    if (job.stopping == stop_reason::pause) return rest(job);
    if (job.stopping) return endings_.finish(job, job_step::cancel, std::nullopt);
    if (leaving_) return move(job, job_step::requeue);
    if (job.back) return wait(job);
    endings_.finish(job, job_step::fail,
                    fail(errc::actor_failed, as_failure(why, "the job").detail));
  }

  void rest(live_job& job) {
    job.stopping.reset();
    job.back.reset();
    calm(job.record);
    move(job, std::exchange(job.again, false) ? job_step::requeue : job_step::pause);
  }

  void ended() {
    start_ready();
    line_.look();
    leave_when_idle();
  }

  // Questions.

  caf::result<job_record> find(const query_job& m) {
    if (const auto* job = jobs_.find(m.id)) return shown(*job);
    return self_->delegate(deps_.ledger, m);
  }

  /// The ledger knows every job; the living ones are fresher here.
  caf::result<job_page> list(const query_jobs& m) {
    auto promise = self_->make_response_promise<job_page>();
    ask(self_, deps_.ledger, ledger_limit, m)
        .then(
            [this, promise](job_page& page) mutable {
              for (auto& record : page.items)
                if (const auto* job = jobs_.find(record.id)) record = shown(*job);
              promise.deliver(std::move(page));
            },
            refuse(promise));
    return promise;
  }

  /// The record, and why the job waits.
  job_record shown(const live_job& job) const {
    auto record = job.record;
    if (job.standing.place) {
      record.position = jobs_.line().position_of(*job.standing.place);
      record.cause = slot_cause(*record.position, jobs_.line().size(), jobs_.slots_taken(), slots_);
    } else if (job.stopping && !is_terminal(record.state)) {
      record.cause = job.stopping == stop_reason::pause ? "being paused" : "being cancelled";
    }
    return record;
  }

  job_counts count() const {
    job_counts now{endings_.counts()};
    for (const auto& [id, job] : jobs_.all())
      if (!is_terminal(job.record.state))
        ++now.by_state[static_cast<std::size_t>(job.record.state)];
    return now;
  }

  // The queue stops: running jobs become queued again.

  void leave(const caf::error& why) {
    if (leaving_) return;
    leaving_ = why;
    for (const auto& [id, job] : jobs_.all())
      if (job.worker) order_stop(job.worker, is_stop(why) ? why : stop_reason::group_restart);
    leave_when_idle();
  }

  void leave_when_idle() {
    if (leaving_ && jobs_.at_work() == 0 && endings_.underway() == 0) self_->quit(*leaving_);
  }

  // Words.

  void tell_state(const live_job& job, std::optional<job_step> step) {
    tell(self_, deps_.narrator,
         narrate{state_fact(job.record, step), event_kind::state, job.record.state, {}});
  }

  void say(fact told) {
    tell(self_, deps_.narrator, narrate{std::move(told), event_kind::narration, {}, {}});
  }

  queue_actor::pointer self_;
  queue_deps deps_;
  job_table jobs_;
  arrivals arrivals_;
  amendments amendments_;
  endings endings_;
  room_line line_;
  std::size_t slots_{0}; ///< jobs at once; known once limits spoke
  std::size_t start_width_{std::numeric_limits<std::size_t>::max()}; ///< of the jobs of before
  std::optional<caf::error> leaving_;
};

} // namespace

queue_actor spawn_queue(caf::local_actor* parent, queue_deps deps) {
  return spawn_child<queue_state>(parent, std::move(deps));
}

} // namespace hive::actors
