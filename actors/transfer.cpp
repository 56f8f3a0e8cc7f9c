#include "actors/transfer.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

namespace hive::actors {
namespace {

constexpr std::size_t most_asked = 16;

class transfer_state {
 public:
  using handle = transfer_actor;
  static constexpr const char* name = "transfer";

  transfer_state(transfer_actor::pointer self, transfer_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  transfer_actor::behavior_type make_behavior() {
    on_exit_signal(self_, [this](const caf::actor_addr&, const caf::error& why) { close(why); });
    show_label(self_, deps_.key);
    show_state(self_, "connecting");
    if (deps_.order.shared)
      tell(self_, deps_.swarm,
           begin_sharing{deps_.key, *deps_.order.file.size, transfer_actor{self_}});
    ticket_ = deps_.service->start(deps_.order, ears());
    return {
        [this](const charge_transfer& m) { ticket_.charge(m.limits); },
        [this](transfer_progressed& m) { progress(std::move(m)); },
        [this](transfer_noted& m) { tell(self_, deps_.shelf, std::move(m)); },
        [this](transfer_ended& m) { end(std::move(m)); },
        [this](const sockets_closed&) { self_->quit(reason_); },
        [this](const transfer_seen& m) { show(m.what); },
        [this](piece_ordered& m) { ticket_.follow(std::move(m.what)); },
    };
  }

  /// The loop thread knows. When it does not answer any more, nobody does.
  void describe(described_promise reply) {
    if (asked_.size() >= most_asked) asked_.erase(asked_.begin());
    asked_.push_back(std::move(reply));
    ticket_.look([me = transfer_actor{self_}](transfer::sight now) {
      post(me, transfer_seen{std::make_shared<const transfer::sight>(std::move(now))});
    });
  }

 private:
  transfer::listener ears() const {
    const transfer_actor me{self_};
    const auto key = deps_.key;
    std::function<void(transfer::piece_news)> on_piece;
    if (deps_.order.shared)
      on_piece = [swarm = deps_.swarm, key, id = self_->id()](transfer::piece_news what) {
        post(swarm, piece_told{key, id, std::move(what)});
      };
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
        .on_piece = std::move(on_piece),
    };
  }

  void progress(transfer_progressed m) {
    show_state(self_, phase_word(m.now.phase));
    tell(self_, deps_.shelf, std::move(m));
  }

  static const char* phase_word(std::string_view phase) {
    for (const auto* word : {"fetching", "verifying", "committing"})
      if (phase == word) return word;
    return "connecting";
  }

  void show(const std::shared_ptr<const transfer::sight>& seen) {
    for (auto& reply : std::exchange(asked_, {})) reply.deliver(self_described{described(*seen)});
  }

  description described(const transfer::sight& seen) const {
    std::vector<description> lanes;
    for (const auto& one : seen.lanes) {
      description lane;
      lane.add("number", one.number);
      lane.add("origin", one.origin);
      lane.add("server", one.server);
      lane.add("at", one.at);
      if (one.end != UINT64_MAX) lane.add("end", one.end);
      lane.add("rate", static_cast<std::uint64_t>(one.rate));
      lane.add("age_ms", one.age.count());
      lanes.push_back(std::move(lane));
    }
    description d;
    d.add("content", deps_.key);
    d.add("path", deps_.order.file.path);
    d.add("phase", seen.now.phase);
    d.add("received", seen.now.counts.received);
    d.add("durable", seen.now.counts.durable);
    d.add("verified", seen.now.counts.verified);
    if (seen.now.total) d.add("total", *seen.now.total);
    d.add("pieces_waiting", seen.pieces_waiting);
    d.add("waits", seen.waits);
    d.add("origin", seen.origin);
    d.add("lanes", lanes);
    return d;
  }

  void leave_swarm(std::string sha256) {
    if (deps_.order.shared)
      tell(self_, deps_.swarm, end_sharing{deps_.key, self_->id(), std::move(sha256)});
  }

  void end(transfer_ended m) {
    leave_swarm(*m.how ? (*m.how)->sha256 : std::string{});
    tell(self_, deps_.shelf, std::move(m));
    if (!closing_) self_->quit();
  }

  void close(const caf::error& why) {
    if (closing_) return;
    closing_ = true;
    leave_swarm({});
    reason_ = why;
    const auto rest = wants_purge(why) ? transfer::leftover::purge : transfer::leftover::keep;
    ticket_.stop(rest, [me = transfer_actor{self_}] { post(me, sockets_closed{}); });
  }

  transfer_actor::pointer self_;
  transfer_deps deps_;
  transfer::ticket ticket_;
  std::vector<described_promise> asked_; ///< until the loop thread has answered
  bool closing_{false};
  caf::error reason_;
};

} // namespace

transfer_actor spawn_transfer(caf::local_actor* parent, transfer_deps deps) {
  return spawn_child<transfer_state>(parent, std::move(deps));
}

} // namespace hive::actors
