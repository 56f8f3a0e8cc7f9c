#include "actors/gateway.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

#include <vector>

namespace hive::actors {
namespace {

class gateway_state {
 public:
  using handle = gateway_actor;
  static constexpr const char* name = "gateway";

  gateway_state(gateway_actor::pointer self, gateway_deps deps) : self_(self), deps_(deps) {}

  gateway_actor::behavior_type make_behavior() {
    return {
        [this](question& m) { put(std::move(m)); },
        [this](const house_opened& m) { open(m.now); },
        [this](const house_closed&) { house_.reset(); },
        [this](const hear_events& m) { listen(m); },
    };
  }

 private:
  void put(question m) {
    if (house_)
      m.put(self_, *house_);
    else if (waiting_.size() < deps_.max_waiting)
      waiting_.push_back(std::move(m));
  }

  void open(const house& now) {
    house_ = now;
    if (listener_) tell(self_, house_->narrator, *listener_);
    for (auto& m : std::exchange(waiting_, {})) m.put(self_, *house_);
  }

  void listen(const hear_events& m) {
    listener_ = m;
    if (house_) tell(self_, house_->narrator, m);
  }

  gateway_actor::pointer self_;
  gateway_deps deps_;
  std::optional<house> house_;
  std::optional<hear_events> listener_;
  std::vector<question> waiting_;
};

} // namespace

gateway_actor spawn_gateway(caf::actor_system& system, gateway_deps deps) {
  return spawn_first<gateway_state>(system, deps);
}

} // namespace hive::actors
