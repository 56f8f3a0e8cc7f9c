#include "actors/build.hpp"

#include "actors/build_facts.hpp"
#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/build/containment.hpp"
#include "core/build/family.hpp"
#include "core/build/words.hpp"
#include "core/build/workplace.hpp"
#include "core/machine/command.hpp"
#include "core/store/blob_store.hpp"

#include <algorithm>
#include <cstdlib>

namespace hive::actors {
namespace {

constexpr std::chrono::milliseconds look_every{50};
constexpr std::chrono::seconds measure_every{1};
constexpr int measure_share = 20; ///< looking at the folder takes at most this part of the time
constexpr std::size_t heard_at_once = 4u << 20;

class build_state {
 public:
  using handle = build_actor;
  static constexpr const char* name = "build";

  build_state(build_actor::pointer self, build_deps deps, build_order order)
    : self_(self), deps_(std::move(deps)), order_(std::move(order)) {}

  build_actor::behavior_type make_behavior() {
    on_exit_signal(self_, [this](const caf::actor_addr&, const caf::error& why) { leave(why); });
    tell(self_, self_, build_step{});
    return {[this](const build_step&) { go_on(); }};
  }

 private:
  void go_on() {
    if (over_) return;
    if (!place_) {
      prepare();
    } else if (next_input_ < order_.inputs.size()) {
      add_input();
    } else if (running_) {
      return look();
    } else if (step_ < order_.how.steps.size()) {
      begin_step();
    } else {
      return finish();
    }
    if (!over_) tell(self_, self_, build_step{});
  }

  // 1. The folder.

  void prepare() {
    began_ = self_->clock().now();
    auto made = build::workplace::make(deps_.home, order_.job.value);
    if (!made) return fail_with(made.why());
    place_.emplace(std::move(*made));
    within_.emplace(place_->folder(), place_->inputs(), deps_.home.root, order_.how.limits.network);
    if (const auto possible = within_->try_out(); !possible) {
      within_.reset();
      say(open_fact(order_.how, possible.why()));
    }
  }

  void add_input() {
    const auto& input = order_.inputs[next_input_++];
    if (auto added = place_->add_input(input.path, input.sha256, within_.has_value()); !added)
      fail_with(std::move(added).why());
  }

  // 2. The steps.

  void begin_step() {
    const auto& step = order_.how.steps[step_];
    build::run_order what;
    what.words = step.run;
    what.folder = place_->folder();
    what.environment = environment();
    what.within = within_ ? &*within_ : nullptr;
    what.largest_file = order_.how.limits.disk;
    what.memory = order_.how.limits.memory;
    if (what.words.front().find('/') == std::string::npos) {
      const auto program = machine::find_program(what.words.front());
      if (program.empty()) return fail_with(no_program(step));
      what.words.front() = program.string();
    }
    tell(self_, deps_.heartbeat, step_begun{step_words(order_.how, step_)});
    say(step_fact(order_.how, step_));
    heard_.emplace(self_->clock().now());
    auto started = build::family::start(what);
    if (!started) return fail_with(started.why());
    running_.emplace(std::move(*started));
  }

  std::vector<std::string> environment() const {
    const char* path = std::getenv("PATH");
    const auto folder = place_->folder().string();
    return {std::string{"PATH="} + (path ? path : "/usr/local/bin:/usr/bin:/bin"),
            "HOME=" + folder,
            "TMPDIR=" + place_->scratch().string(),
            "LANG=C.UTF-8",
            "TZ=UTC",
            "SOURCE_DATE_EPOCH=315532800", // 1980: the first year every archive format can name
            std::string{build::build_mark} + "=" + folder + "/"};
  }

  void look() {
    const auto ended = running_->look();
    std::string fresh;
    running_->read(fresh, heard_at_once);
    heard_->hear(fresh);
    if (ended) heard_->end();
    for (auto& line : heard_->tell(self_->clock().now())) say(said_fact(std::move(line)));
    if (ended) return end_step(*ended);
    if (!doom_ && !leaving_) doom_ = overstep();
    if (doom_ && !stopping_) stop_programs();
    tell_later(self_, self_, look_every, build_step{});
  }

  void stop_programs() {
    stopping_ = true;
    running_->stop();
  }

  /// The limit that is overstepped, if any.
  std::optional<failure> overstep() {
    const auto& limits = order_.how.limits;
    const auto now = self_->clock().now();
    if (now - began_ >= limits.time) return too_long(order_.how, step_);
    if (now < measure_at_) return std::nullopt;
    const auto started = std::chrono::steady_clock::now();
    const auto bytes = place_->bytes();
    const auto took = std::chrono::steady_clock::now() - started;
    measure_at_ =
        now + std::max<std::chrono::steady_clock::duration>(measure_every, took * measure_share);
    if (bytes > limits.disk) return too_much(order_.how, step_, bytes);
    const auto free = store::free_bytes(deps_.home);
    if (free && *free < deps_.disk_reserve) return no_room(order_.how, bytes, *free);
    return std::nullopt;
  }

  void end_step(const build::run_end& how) {
    running_.reset();
    stopping_ = false;
    if (heard_->passed_over() > 0) say(passed_over_fact(heard_->passed_over()));
    if (leaving_) return dispose();
    if (doom_) return fail_with(*doom_);
    if (auto failed = step_failure(order_.how, step_, how, heard_->last()))
      return fail_with(std::move(*failed));
    ++step_;
    tell(self_, self_, build_step{});
  }

  // 3. The end.

  void finish() {
    auto made = place_->outputs(order_.how.outputs);
    if (!made) return fail_with(made.why());
    over_ = true;
    say(built_fact(*made, self_->clock().now() - began_));
    tell(self_, deps_.job, build_finished{std::move(*made)});
  }

  void fail_with(failure why) {
    over_ = true;
    tell(self_, deps_.job, build_failed{std::move(why)});
  }

  void leave(const caf::error& why) {
    leaving_ = why;
    if (!running_) return dispose();
    if (!stopping_) stop_programs();
  }

  /// The folder goes before the actor does, so that who waits for its end finds it gone.
  void dispose() {
    over_ = true;
    place_.reset();
    self_->quit(*leaving_);
  }

  void say(fact what) {
    what.job = order_.job;
    tell(self_, deps_.narrator, narrate{std::move(what), event_kind::narration, {}, {}});
  }

  build_actor::pointer self_;
  build_deps deps_;
  build_order order_;
  std::optional<build::workplace> place_;
  std::optional<build::containment> within_; ///< empty: the kernel does not allow it
  std::size_t next_input_{0};
  std::size_t step_{0};
  std::optional<build::words> heard_;    ///< of the present step
  std::optional<build::family> running_; ///< goes before the folder does
  std::optional<failure> doom_;          ///< a limit was overstepped: the programs are ended for it
  bool stopping_{false};                 ///< they were told
  bool over_{false};                     ///< the job knows how it went
  std::optional<caf::error> leaving_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point measure_at_;
};

} // namespace

build_actor spawn_build(caf::local_actor* parent, build_deps deps, build_order order) {
  return spawn_blocking_child<build_state>(parent, std::move(deps), std::move(order));
}

} // namespace hive::actors
