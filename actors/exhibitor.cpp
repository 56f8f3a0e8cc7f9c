#include "actors/exhibitor.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/store/view_making.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <set>

namespace hive::actors {
namespace {

/// An artifact whose views are made, one after the other.
struct showing {
  exhibit what;
  caf::typed_response_promise<artifact_shown> answer;
  artifact_shown done{};
};

class exhibitor_state {
 public:
  using handle = exhibitor_actor;
  static constexpr const char* name = "exhibitor";

  exhibitor_state(exhibitor_actor::pointer self, exhibitor_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  exhibitor_actor::behavior_type make_behavior() {
    auto opened = store::database::open(deps_.home.database());
    if (!opened) {
      break_down(self_, as_error(opened.why()));
      return exhibitor_actor::behavior_type::make_empty_behavior();
    }
    db_ = std::move(*opened);
    room_.emplace(deps_.home, deps_.tools, *db_);
    on_down_signal(self_, [this](const caf::actor_addr& who, const caf::error&) { give_up(who); });
    return {
        [this](exhibit& m) { return take(std::move(m)); },
        [this](const exhibit_step&) { step(); },
    };
  }

 private:
  caf::result<artifact_shown> take(exhibit m) {
    if (m.asker && watched_.insert(m.asker->address()).second) watch(self_, m.asker);
    auto promise = self_->make_response_promise<artifact_shown>();
    line_.push_back({std::move(m), promise});
    if (line_.size() == 1) expect_step();
    return promise;
  }

  void step() {
    if (line_.empty()) return;
    auto& now = line_.front();
    const auto next = now.done.views.size();
    if (next == now.what.views.size()) {
      now.answer.deliver(std::move(now.done));
      line_.pop_front();
    } else {
      if (!making_) making_.emplace(deps_.home, *room_, now.what.what, now.what.views[next]);
      if (auto made = making_->step()) {
        now.done.views.push_back(std::move(*made));
        making_.reset();
      }
    }
    if (!line_.empty()) expect_step();
  }

  void give_up(const caf::actor_addr& who) {
    watched_.erase(who);
    const auto theirs = [&](const showing& one) {
      return one.what.asker && one.what.asker->address() == who;
    };
    if (!line_.empty() && theirs(line_.front())) making_.reset();
    for (auto& one : line_)
      if (theirs(one)) one.answer.deliver(as_error(fail(errc::cancelled, "nobody waits for it")));
    std::erase_if(line_, theirs);
  }

  void expect_step() { tell(self_, exhibitor_actor{self_}, exhibit_step{}); }

  exhibitor_actor::pointer self_;
  exhibitor_deps deps_;
  std::unique_ptr<store::database> db_;
  std::optional<store::showroom> room_;
  std::set<caf::actor_addr> watched_;
  std::deque<showing> line_;                 ///< the first one is under way
  std::optional<store::view_making> making_; ///< its present view
};

} // namespace

exhibitor_actor spawn_exhibitor(caf::local_actor* parent, exhibitor_deps deps) {
  return spawn_blocking_child<exhibitor_state>(parent, std::move(deps));
}

} // namespace hive::actors
