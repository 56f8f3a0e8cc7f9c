#include "actors/desk.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "actors/vendor.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

struct seat {
  std::shared_ptr<const vendors::vendor> who;
  vendor_actor at_work; ///< empty after a crash, until the next question
};

class desk_state {
 public:
  using handle = desk_actor;
  static constexpr const char* name = "desk";

  desk_state(desk_actor::pointer self, desk_deps deps) : self_(self), deps_(std::move(deps)) {}

  desk_actor::behavior_type make_behavior() {
    on_exit_signal(self_,
                   [this](const caf::actor_addr& who, const caf::error& why) { left(who, why); });
    for (const auto& who : deps_.vendors) seats_.push_back({who, begin(who)});
    return {[this](resolve_reference& m) { return hand_on(std::move(m)); }};
  }

 private:
  caf::result<plan_resolved> hand_on(resolve_reference m) {
    for (auto& s : seats_) {
      if (!s.who->serves(m.what)) continue;
      if (!s.at_work) s.at_work = begin(s.who);
      return self_->delegate(s.at_work, std::move(m));
    }
    return as_error(fail(errc::unsupported, "no vendor of this build serves " + to_string(m.what)));
  }

  vendor_actor begin(const std::shared_ptr<const vendors::vendor>& who) {
    return spawn_vendor(self_, {who, deps_.engine, deps_.service, deps_.adopt, deps_.builds});
  }

  /// A vendor that crashed costs the conversations it had, and nothing else.
  void left(const caf::actor_addr& who, const caf::error& why) {
    const auto at = std::ranges::find_if(seats_, [&](const seat& s) { return is(who, s.at_work); });
    if (at == seats_.end()) return self_->quit(why);
    at->at_work = nullptr;
  }

  desk_actor::pointer self_;
  desk_deps deps_;
  std::vector<seat> seats_;
};

} // namespace

desk_actor spawn_desk(caf::local_actor* parent, desk_deps deps) {
  return spawn_child<desk_state>(parent, std::move(deps));
}

} // namespace hive::actors
