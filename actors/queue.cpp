#include "actors/queue.hpp"

#include "actors/amendments.hpp"
#include "actors/arrivals.hpp"
#include "actors/inspect.hpp"
#include "actors/job.hpp"
#include "actors/job_facts.hpp"
#include "actors/room_line.hpp"
#include "actors/spelling.hpp"
#include "core/base/redact.hpp"

#include <algorithm>
#include <map>

namespace hive::actors {
namespace {
constexpr std::chrono::seconds ledger_limit{10};
constexpr std::chrono::seconds keep_again_after{5};

constexpr std::chrono::seconds release_limit{5};
/// A wait up to here keeps its slot: a blip does not send a job to the end of the line.
constexpr std::chrono::seconds short_wait{5};

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
      arrivals_({self, deps_.ledger, [this](const std::string& key) { return by_key(jobs_, key); },
                 [this](job_record made, std::string token) {
                   take_in(std::move(made), std::move(token));
                 }}),
      amendments_({self, deps_.ledger, deps_.narrator, deps_.limits, &jobs_}),
      line_({self, deps_.catalog, &jobs_, [this](live_job& job) { give_room(job); }}) {}

  queue_actor::behavior_type make_behavior() {
    on_exit_signal(
        self_, [this](const caf::actor_addr& who, const caf::error& why) { hear_exit(who, why); });
    ask(self_, deps_.ledger, ledger_limit, list_unfinished{})
        .await([this](job_list& known) { resume(std::move(known.jobs)); },
               [this](const caf::error& why) { self_->quit(why); });
    tell(self_, deps_.limits, watch_slots{queue_actor{self_}});
    return {
        [this](submit_job& m) { return submit(std::move(m)); },
        [this](const cancel_job& m) { return cancel(m); },
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
          jobs_.try_emplace(id, std::move(record), std::string{}, deps_.retry).first->second;
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
    return arrivals_.take(std::move(m));
  }

  void take_in(job_record made, std::string token) {
    const auto id = made.id;
    auto& job = jobs_.try_emplace(id, std::move(made), std::move(token), deps_.retry).first->second;
    tell_state(job, std::nullopt);
    start_ready();
  }

  // Jobs run.

  void start_up_to(std::size_t slots) {
    slots_ = slots;
    start_ready();
  }

  void start_ready() {
    while (!leaving_ && slots_taken(jobs_) < slots_) {
      auto* next = first_ready(jobs_);
      if (!next) return;
      start(*next);
    }
  }

  void start(live_job& job) {
    if (!job.record.started) job.record.started = wall_now();
    move(job, job.record.state == job_state::waiting ? job_step::wake : job_step::start);
    tell(self_, deps_.limits, limit_job{job.record.id, job.record.asked.max_rate});
    job.worker = spawn_job(
        self_,
        {queue_actor{self_}, deps_.narrator, deps_.catalog, deps_.desk, deps_.shelf, deps_.home},
        job.record, job.token);
  }

  live_job* living(const job_id& id) {
    const auto at = jobs_.find(id);
    return at == jobs_.end() ? nullptr : &at->second;
  }

  void plan(job_planned m) {
    auto* job = living(m.id);
    if (!job) return;
    job->record.revision = std::move(m.revision);
    job->record.contents = std::move(m.contents);
  }

  void advance(const job_advanced& m) {
    auto* job = living(m.id);
    if (!job) return;
    if (m.step == job_step::resolved) job->waits = waits_for::nothing; // its room is taken
    move(*job, m.step);
  }

  void progress(const job_progressed& m) {
    if (auto* job = living(m.id)) job->record.progress = m.progress;
  }

  void settle(const job_settled& m) {
    auto* job = living(m.id);
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
      job.record.cause.clear();
      job.record.until.reset();
    }
    ask(self_, deps_.ledger, ledger_limit, keep_job{job.record})
        .then([] {}, [this, id = job.record.id](const caf::error& why) { say_unkept(id, why); });
    tell_state(job, step);
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
    auto* job = living(m.id);
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

  // Jobs end.

  caf::result<job_record> cancel(const cancel_job& m) {
    const auto at = jobs_.find(m.id);
    if (at == jobs_.end()) return cancel_ended(m);
    auto& job = at->second;
    const bool ended = is_terminal(job.record.state);
    if (job.settled || (ended && job.record.state != job_state::cancelled))
      return as_error(already_over(job.record.id));
    if (job.worker) {
      const auto why = m.purge ? stop_reason::cancel_purge : stop_reason::cancel_keep;
      if (job.stopping && (*job.stopping == why || !m.purge)) return job.record;
      job.stopping = why;
      order_stop(job.worker, why);
      return job.record;
    }
    auto promise = self_->make_response_promise<job_record>();
    job.cancels.push_back(promise);
    if (!ended && !job.stopping) drop(job, m.purge);
    return promise;
  }

  /// Ends a job that has no actors. With purge what it began goes first.
  void drop(live_job& job, bool purge) {
    job.stopping = purge ? stop_reason::cancel_purge : stop_reason::cancel_keep;
    job.waits = waits_for::nothing;
    const auto& id = job.record.id;
    release_contents begun{id, {}, true};
    for (const auto& one : job.record.contents) begun.keys.push_back(one.key);
    if (!purge || begun.keys.empty()) {
      finish(job, job_step::cancel, std::nullopt);
      return start_ready();
    }
    ++unkept_;
    const auto then = [this, id] {
      --unkept_;
      finish(jobs_.at(id), job_step::cancel, std::nullopt);
      line_.look();
    };
    ask(self_, deps_.shelf, release_limit, std::move(begun))
        .then([then](const contents_released&) { then(); }, [then](const caf::error&) { then(); });
  }

  caf::result<job_record> cancel_ended(const cancel_job& m) {
    auto promise = self_->make_response_promise<job_record>();
    ask(self_, deps_.ledger, ledger_limit, query_job{m.id})
        .then(
            [promise](const job_record& known) mutable {
              known.state == job_state::cancelled
                  ? promise.deliver(known)
                  : promise.deliver(as_error(already_over(known.id)));
            },
            refuse(promise));
    return promise;
  }

  void hear_exit(const caf::actor_addr& who, const caf::error& why) {
    const auto at = std::ranges::find_if(
        jobs_, [&](const auto& entry) { return is(who, entry.second.worker); });
    if (at == jobs_.end()) return leave(why);
    auto& job = at->second;
    job.worker = nullptr;
    job.waits = waits_for::nothing;
    tell(self_, deps_.limits, limit_job{job.record.id, 0});
    conclude(job, why);
    start_ready();
    line_.look();
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
    if (job.back) return wait(job);
    finish(job, job_step::fail, fail(errc::actor_failed, as_failure(why, "the job").detail));
  }

  void finish(live_job& job, job_step step, std::optional<failure> error) {
    close(job.record, step, std::move(error));
    ++ended_[static_cast<std::size_t>(job.record.state)];
    job.token.clear();
    keep_end(job.record.id);
  }

  /// An end is told once it is durable.
  void keep_end(const job_id& id) {
    const auto* job = living(id);
    if (!job) return;
    ++unkept_;
    ask(self_, deps_.ledger, ledger_limit, keep_job{job->record})
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
    const auto& ended = done.mapped().record;
    tell(self_, deps_.narrator, narrate{end_fact(ended), event_kind::end, ended.state, {}});
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
    if (leaving_ && at_work(jobs_) == 0 && unkept_ == 0) self_->quit(*leaving_);
  }

  // Words.

  void tell_state(const live_job& job, std::optional<job_step> step) {
    tell(self_, deps_.narrator,
         narrate{state_fact(job.record, step), event_kind::state, job.record.state, {}});
  }

  void say_unkept(const job_id& id, const caf::error& why) {
    say(unkept_fact(id, as_failure(why, "the ledger")));
  }

  void say(fact told) {
    tell(self_, deps_.narrator, narrate{std::move(told), event_kind::narration, {}, {}});
  }

  queue_actor::pointer self_;
  queue_deps deps_;
  live_jobs jobs_;
  arrivals arrivals_;
  amendments amendments_;
  room_line line_;
  std::array<std::uint64_t, 9> ended_{}; ///< since the start
  std::size_t unkept_{0};                ///< ends on their way: purging, or to the ledger
  std::size_t slots_{0};                 ///< jobs at once; known once limits spoke
  std::optional<caf::error> leaving_;
};

} // namespace

queue_actor spawn_queue(caf::local_actor* parent, queue_deps deps) {
  return spawn_child<queue_state>(parent, std::move(deps));
}

} // namespace hive::actors
