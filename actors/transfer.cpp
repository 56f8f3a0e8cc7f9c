#include "actors/transfer.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

namespace hive::actors {
namespace {

class transfer_state {
 public:
  using handle = transfer_actor;
  static constexpr const char* name = "transfer";

  transfer_state(transfer_actor::pointer self, transfer_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  transfer_actor::behavior_type make_behavior() {
    on_exit_signal(self_, [this](const caf::actor_addr&, const caf::error& why) { close(why); });
    ticket_ = deps_.service->start(deps_.order, ears());
    return {
        [this](const charge_transfer& m) { ticket_.charge(m.limits); },
        [this](transfer_progressed& m) { tell(self_, deps_.shelf, std::move(m)); },
        [this](transfer_noted& m) { tell(self_, deps_.shelf, std::move(m)); },
        [this](transfer_ended& m) { end(std::move(m)); },
        [this](const sockets_closed&) { self_->quit(reason_); },
    };
  }

 private:
  transfer::listener ears() const {
    const transfer_actor me{self_};
    const auto key = deps_.key;
    return {
        .on_update =
            [me, key](const transfer::update& now) {
              post(me, transfer_progressed{key, now});
            },
        .on_note =
            [me, key](const transfer::note& what) {
              post(me, transfer_noted{key, what});
            },
        .on_end =
            [me, key](result<transfer::arrival> how) {
              using shared = const result<transfer::arrival>;
              post(me, transfer_ended{key, std::make_shared<shared>(std::move(how))});
            },
    };
  }

  void end(transfer_ended m) {
    tell(self_, deps_.shelf, std::move(m));
    if (!closing_) self_->quit();
  }

  void close(const caf::error& why) {
    if (closing_) return;
    closing_ = true;
    reason_ = why;
    const auto rest = wants_purge(why) ? transfer::leftover::purge : transfer::leftover::keep;
    ticket_.stop(rest, [me = transfer_actor{self_}] { post(me, sockets_closed{}); });
  }

  transfer_actor::pointer self_;
  transfer_deps deps_;
  transfer::ticket ticket_;
  bool closing_{false};
  caf::error reason_;
};

} // namespace

transfer_actor spawn_transfer(caf::local_actor* parent, transfer_deps deps) {
  return spawn_child<transfer_state>(parent, std::move(deps));
}

} // namespace hive::actors
