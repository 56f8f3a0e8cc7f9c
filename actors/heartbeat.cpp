#include "actors/heartbeat.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

#include <algorithm>
#include <unordered_map>

namespace hive::actors {
namespace {

/// Shorter waits are no cause of anything.
constexpr std::chrono::seconds worth_a_word{2};

std::string seconds_of(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

/// A later look at the same file: nothing that was shown is taken back.
void advance(file_progress& shown, const file_progress& seen) {
  auto& a = shown.counts;
  const auto& b = seen.counts;
  a.durable = std::max(a.durable, b.durable);
  a.received = std::max({a.received, b.received, a.durable});
  a.verified = std::max(a.verified, b.verified);
  a.discarded = std::max(a.discarded, b.discarded);
  if (seen.total) shown.total = seen.total;
}

class heartbeat_state {
 public:
  using handle = heartbeat_actor;
  static constexpr const char* name = "heartbeat";

  heartbeat_state(heartbeat_actor::pointer self, heartbeat_deps deps, job_id job,
                  job_progress before)
    : self_(self), deps_(std::move(deps)), job_(std::move(job)), now_(std::move(before)) {
    index();
  }

  heartbeat_actor::behavior_type make_behavior() {
    on_exit_signal(self_, [this](const caf::actor_addr&, const caf::error& why) { end(why); });
    tell_later(self_, self_, until_next(), tick{});
    since_ = self_->clock().now();
    show_state(self_, "beating");
    return {
        [this](const files_planned& m) { plan(m); },
        [this](const bytes_moved& m) { move(m); },
        [this](const state_entered& m) { enter(m.state); },
        [this](const waiting_for& m) { wait_for(m.whom); },
        [this](const step_begun& m) { work_on(m.step); },
        [this](const tick&) { beat(); },
    };
  }

  description describe() const {
    description d;
    d.add("state", to_string(state_));
    d.add("phase", phase());
    d.add("cause", cause());
    d.add("still_ms", still().count());
    d.add("received", now_.counts.received);
    d.add("rate", static_cast<std::uint64_t>(now_.rate));
    return d;
  }

 private:
  void index() {
    at_.clear();
    for (std::size_t i = 0; i < now_.files.size(); ++i) at_.emplace(now_.files[i].path, i);
  }

  void plan(const files_planned& m) {
    auto files = m.files;
    for (auto& file : files)
      if (const auto known = at_.find(file.path); known != at_.end())
        advance(file, now_.files[known->second]);
    now_.files = std::move(files);
    index();
    changed_ = true;
  }

  void move(const bytes_moved& m) {
    const auto known = at_.find(m.file.path);
    if (known == at_.end()) return;
    auto& file = now_.files[known->second];
    const auto before = file.counts;
    advance(file, m.file);
    add_wire(file.counts, m.file.counts, wire_of_[m.file.path]);
    if (file.counts != before || m.phase != phase_) since_ = self_->clock().now();
    auto& fresh = fresh_of_[m.file.path];
    fresh_ += std::max(fresh, m.fresh) - fresh;
    fresh = std::max(fresh, m.fresh);
    phase_ = m.phase;
    changed_ = true;
  }

  /// A transfer begins to count anew; what came over the wire is told in all.
  static void add_wire(byte_counts& all, const byte_counts& now, byte_counts& before) {
    const auto more = [](std::uint64_t is, std::uint64_t was) { return is >= was ? is - was : is; };
    all.wan += more(now.wan, before.wan);
    all.peers += more(now.peers, before.peers);
    before = now;
  }

  void enter(job_state state) {
    state_ = state;
    phase_.clear();
    work_.clear();
    wait_for({});
    if (state == job_state::fetching) {
      meter_ = {};
      fresh_of_.clear();
      fresh_ = 0;
    }
    if (state != job_state::resolving) show();
  }

  void wait_for(std::string whom) {
    whom_ = std::move(whom);
    since_ = self_->clock().now();
  }

  /// On a grid, so that a thousand jobs wake the machine sixteen times a second, not a thousand.
  std::chrono::milliseconds until_next() const {
    const auto grid = std::max(deps_.every / 16, std::chrono::milliseconds{1});
    const auto now = self_->clock().now().time_since_epoch();
    return deps_.every - std::chrono::duration_cast<std::chrono::milliseconds>(now) % grid;
  }

  void work_on(const std::string& step) {
    work_ = step;
    phase_ = "building";
    since_ = self_->clock().now();
    changed_ = true;
  }

  void beat() {
    tell_later(self_, self_, until_next(), tick{});
    show();
    look_for_stall();
    look_for_alert();
  }

  /// What was heard last is shown before it goes.
  void end(const caf::error& why) {
    if (changed_) show();
    if (alerted_) tell_alert(false, "the job does not go on");
    self_->quit(why);
  }

  void show() {
    sum();
    changed_ = false;
    tell(self_, deps_.queue, job_progressed{job_, now_});
    fact f{job_, "heartbeat", "progress", level::debug, {}, {}};
    f.fields.emplace_back("phase", phase());
    if (auto why = cause(); !why.empty()) f.fields.emplace_back("cause", std::move(why));
    tell(self_, deps_.narrator, narrate{std::move(f), event_kind::progress, {}, now_});
  }

  void sum() {
    byte_counts all;
    std::optional<std::uint64_t> total{0};
    for (const auto& file : now_.files) {
      all.received += file.counts.received;
      all.durable += file.counts.durable;
      all.verified += file.counts.verified;
      all.discarded += file.counts.discarded;
      all.wan += file.counts.wan;
      all.peers += file.counts.peers;
      total = total && file.total ? std::optional{*total + *file.total} : std::nullopt;
    }
    now_.counts = all;
    if (now_.files.empty()) total.reset(); // there is no plan yet
    now_.total = total;
    meter_.sample(self_->clock().now(), fresh_);
    now_.rate = state_ == job_state::fetching ? meter_.rate() : 0;
    now_.eta.reset();
    if (total && now_.rate > 0) now_.eta = meter_.eta(*total - std::min(*total, all.received));
  }

  std::string phase() const {
    if (!phase_.empty()) return phase_;
    return std::string{to_string(state_)};
  }

  /// Since when nothing has moved, and nobody has answered.
  std::chrono::milliseconds still() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(self_->clock().now() - since_);
  }

  /// Why nothing moves; empty while something does.
  std::string cause() const {
    const auto time = still();
    if (time < worth_a_word) return {};
    if (!work_.empty()) return work_ + " has run for " + seconds_of(time);
    if (!whom_.empty()) return "waiting for " + whom_ + " for " + seconds_of(time);
    if (auto held = deps_.held_up ? deps_.held_up() : std::string{}; !held.empty()) return held;
    return "no byte for " + seconds_of(time) + " while " + phase();
  }

  void look_for_stall() {
    const bool stalled = work_.empty() && still() >= deps_.stall;
    if (stalled == stalled_) return;
    stalled_ = stalled;
    show_state(self_, stalled ? "stalled" : "beating");
    show_label(self_, stalled ? cause() : std::string{});
    fact f{job_, "heartbeat", stalled ? "stalled" : "moving-again", level::info, {}, {}};
    if (stalled) f.weight = level::warning;
    f.human = stalled ? cause() : "it goes on";
    f.fields.emplace_back("phase", phase());
    tell(self_, deps_.narrator, narrate{std::move(f), event_kind::narration, {}, {}});
  }

  /// A stall is worth a word; one that lasts, somebody's look.
  void look_for_alert() {
    const bool due = work_.empty() && still() >= deps_.alert;
    if (due == alerted_) return;
    tell_alert(due, due ? "the job has made no progress: " + cause() : "the job goes on");
  }

  void tell_alert(bool on, std::string human) {
    alerted_ = on;
    fact f{job_,
           "heartbeat",
           on ? "alert-on" : "alert-off",
           on ? level::warning : level::info,
           std::move(human),
           {{"alert", "job-stalled"}}};
    tell(self_, deps_.narrator, narrate{std::move(f), event_kind::narration, {}, {}});
  }

  heartbeat_actor::pointer self_;
  heartbeat_deps deps_;
  job_id job_;
  job_progress now_;
  std::unordered_map<std::string, std::size_t> at_; ///< path → index into now_.files
  job_state state_{job_state::resolving};
  std::string phase_;                                       ///< of the file that moved last
  std::string whom_;                                        ///< the job waits for an answer
  std::string work_;                                        ///< the step of a build that runs
  std::chrono::steady_clock::time_point since_;             ///< nothing has moved
  std::unordered_map<std::string, std::uint64_t> fresh_of_; ///< bytes of this run, by path
  std::uint64_t fresh_{0};                                  ///< their sum
  std::unordered_map<std::string, byte_counts> wire_of_;    ///< as last told by its transfer
  rate_meter meter_;
  bool changed_{false};
  bool stalled_{false};
  bool alerted_{false};
};

} // namespace

heartbeat_actor spawn_heartbeat(caf::local_actor* parent, heartbeat_deps deps, job_id job,
                                job_progress before) {
  return spawn_child<heartbeat_state>(parent, std::move(deps), std::move(job), std::move(before));
}

} // namespace hive::actors
