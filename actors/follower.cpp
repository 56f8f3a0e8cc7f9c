#include "actors/follower.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/job/log.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

constexpr std::chrono::milliseconds asked_every{250};
constexpr std::chrono::seconds replay_limit{2};
constexpr std::chrono::seconds retried_every{2};
constexpr int most_failures = 30;
/// Empty answers about a job that is over: its end may still be on its way to the narrator.
constexpr int most_silences = 8;

class follower_state {
 public:
  using handle = follower_actor;
  static constexpr const char* name = "follower";

  follower_state(follower_actor::pointer self, follower_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  follower_actor::behavior_type make_behavior() {
    work_for(self_, deps_.job);
    find();
    return {[this](const tick&) { look(); }};
  }

 private:
  /// Its node may be back from a restart or a break, and be reached in another way.
  void find() {
    if (failures_ >= most_failures) return give_up();
    ask(self_, deps_.cluster, find_job_limit, find_job{deps_.job})
        .then(
            [this](const job_whereabouts& at) {
              there_ = at.at.rooms.narrator;
              is_over_ = is_terminal(at.job.state);
              if (failures_ == 0) return look();
              tell_later(self_, self_, asked_every, tick{});
            },
            [this](const caf::error&) {
              ++failures_;
              tell_later(self_, self_, retried_every, tick{});
            });
  }

  void look() {
    if (!there_) return find();
    ask(self_, there_, replay_limit, replay_events{deps_.job, deps_.after})
        .then([this](event_list& m) { pass_on(std::move(m.events)); },
              [this](const caf::error&) {
                there_ = nullptr;
                ++failures_;
                find();
              });
  }

  /// Not told as an event: numbers are the other node's, and one made up here could hide a real
  /// one.
  void give_up() {
    log(level::warning, "follower", "not-followed",
        "job " + deps_.job.value + " of another node: it is not found, or does not answer");
    self_->quit(stop_reason::finished);
  }

  void pass_on(std::vector<event_ptr> news) {
    failures_ = 0;
    bool over = std::ranges::any_of(
        news, [](const event_ptr& one) { return one->kind == event_kind::end; });
    if (is_over_ && news.empty()) over = ++silences_ >= most_silences;
    if (!news.empty()) {
      silences_ = 0;
      deps_.after = news.back()->seq;
      tell(self_, deps_.here, relay_events{std::move(news)});
    }
    if (over) return self_->quit(stop_reason::finished);
    tell_later(self_, self_, asked_every, tick{});
  }

  follower_actor::pointer self_;
  follower_deps deps_;
  narrator_actor there_;
  bool is_over_{false}; ///< when it was found
  int silences_{0};
  int failures_{0};
};

} // namespace

follower_actor spawn_follower(caf::local_actor* parent, follower_deps deps) {
  return spawn_child<follower_state>(parent, std::move(deps));
}

} // namespace hive::actors
