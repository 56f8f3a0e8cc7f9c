#include "actors/heartbeat.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

#include <algorithm>
#include <unordered_map>

namespace hive::actors {
namespace {

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
    tell_later(self_, self_, deps_.every, tick{});
    return {
        [this](const files_planned& m) { plan(m); },
        [this](const bytes_moved& m) { move(m); },
        [this](const state_entered& m) { enter(m.state); },
        [this](const tick&) { beat(); },
    };
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
    advance(now_.files[known->second], m.file);
    auto& fresh = fresh_of_[m.file.path];
    fresh_ += std::max(fresh, m.fresh) - fresh;
    fresh = std::max(fresh, m.fresh);
    phase_ = m.phase;
    changed_ = true;
  }

  void enter(job_state state) {
    state_ = state;
    if (state == job_state::fetching) {
      meter_ = {};
      fresh_of_.clear();
      fresh_ = 0;
      stalled_ = false;
    }
    if (state != job_state::resolving) show();
  }

  void beat() {
    tell_later(self_, self_, deps_.every, tick{});
    if (state_ != job_state::fetching && !changed_) return;
    show();
    if (state_ == job_state::fetching) look_for_stall();
  }

  /// What was heard last is shown before it goes.
  void end(const caf::error& why) {
    if (changed_) show();
    self_->quit(why);
  }

  void show() {
    sum();
    changed_ = false;
    tell(self_, deps_.queue, job_progressed{job_, now_});
    fact f{job_, "heartbeat", "progress", level::debug, {}, {}};
    if (!phase_.empty()) f.fields.emplace_back("phase", phase_);
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
      total = total && file.total ? std::optional{*total + *file.total} : std::nullopt;
    }
    now_.counts = all;
    now_.total = total;
    meter_.sample(self_->clock().now(), fresh_);
    now_.rate = state_ == job_state::fetching ? meter_.rate() : 0;
    now_.eta.reset();
    if (total && now_.rate > 0) now_.eta = meter_.eta(*total - std::min(*total, all.received));
  }

  void look_for_stall() {
    const auto still = meter_.still(self_->clock().now());
    const bool stalled = still >= deps_.stall && phase_ != "verifying" && phase_ != "committing";
    if (stalled == stalled_) return;
    stalled_ = stalled;
    fact f{job_, "heartbeat", stalled ? "stalled" : "moving-again", level::info, {}, {}};
    if (stalled) f.weight = level::warning;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(still).count();
    f.human = stalled ? "no byte for " + std::to_string(seconds) + " s while " +
                            (phase_.empty() ? "waiting for the vendor" : phase_)
                      : "bytes arrive again";
    tell(self_, deps_.narrator, narrate{std::move(f), event_kind::narration, {}, {}});
  }

  heartbeat_actor::pointer self_;
  heartbeat_deps deps_;
  job_id job_;
  job_progress now_;
  std::unordered_map<std::string, std::size_t> at_; ///< path → index into now_.files
  job_state state_{job_state::resolving};
  std::string phase_;                                       ///< of the file that moved last
  std::unordered_map<std::string, std::uint64_t> fresh_of_; ///< bytes of this run, by path
  std::uint64_t fresh_{0};                                  ///< their sum
  rate_meter meter_;
  bool changed_{false};
  bool stalled_{false};
};

} // namespace

heartbeat_actor spawn_heartbeat(caf::local_actor* parent, heartbeat_deps deps, job_id job,
                                job_progress before) {
  return spawn_child<heartbeat_state>(parent, std::move(deps), std::move(job), std::move(before));
}

} // namespace hive::actors
