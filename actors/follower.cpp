#include "actors/follower.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

constexpr std::chrono::milliseconds asked_every{250};
constexpr std::chrono::seconds replay_limit{2};
constexpr int most_failures = 30;

class follower_state {
 public:
  using handle = follower_actor;
  static constexpr const char* name = "follower";

  follower_state(follower_actor::pointer self, follower_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  follower_actor::behavior_type make_behavior() {
    work_for(self_, deps_.job);
    look();
    return {[this](const tick&) { look(); }};
  }

 private:
  void look() {
    ask(self_, deps_.there, replay_limit, replay_events{deps_.job, deps_.after})
        .then([this](event_list& m) { pass_on(std::move(m.events)); },
              [this](const caf::error&) {
                if (++failures_ >= most_failures) return self_->quit(stop_reason::finished);
                tell_later(self_, self_, asked_every, tick{});
              });
  }

  void pass_on(std::vector<event_ptr> news) {
    failures_ = 0;
    const bool over = std::ranges::any_of(
        news, [](const event_ptr& one) { return one->kind == event_kind::end; });
    if (!news.empty()) {
      deps_.after = news.back()->seq;
      tell(self_, deps_.here, relay_events{std::move(news)});
    }
    if (over) return self_->quit(stop_reason::finished);
    tell_later(self_, self_, asked_every, tick{});
  }

  follower_actor::pointer self_;
  follower_deps deps_;
  int failures_{0};
};

} // namespace

follower_actor spawn_follower(caf::local_actor* parent, follower_deps deps) {
  return spawn_child<follower_state>(parent, std::move(deps));
}

} // namespace hive::actors
