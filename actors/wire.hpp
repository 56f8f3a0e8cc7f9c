#pragma once
/// Where established TLS connections become CAF's: this node's side of a link. CAF opens no
/// connection and listens at no port by itself, so no byte reaches its deserialiser that was not
/// sent by a member. The spellings of CAF's io module live in the .cpp alone.

#include "actors/protocol.hpp"
#include "core/cluster/member.hpp"
#include "core/trust/established.hpp"

#include <functional>
#include <memory>

namespace hive::actors {

/// A connection that CAF has. Any thread.
class link_wire {
 public:
  virtual ~link_wire() = default;
  /// Cuts it; `on_closed` follows, with this cause unless it was over already.
  virtual void cut(cluster::cause why) = 0;
};
using wire_ptr = std::shared_ptr<link_wire>;

/// Once, on CAF's io thread, whoever ended it: `reset` by the other end, `timeout` when the other
/// machine did not confirm what was sent, or the cause it was cut for.
using on_closed = std::function<void(cluster::cause)>;

/// Any thread. Gone before its actor system.
class wire_port {
 public:
  explicit wire_port(caf::actor_system& system);
  ~wire_port();
  wire_port(const wire_port&) = delete;
  wire_port& operator=(const wire_port&) = delete;

  /// Whom callers reach from now on.
  void publish(const caf::actor& who);
  /// A connection somebody dialled to us.
  wire_ptr accept(trust::established what, on_closed closed);
  /// One that we dialled; `met` gets the actor the other side has published, or why there is none,
  /// in the context of `self`.
  using met = std::function<void(result<caf::actor>)>;
  wire_ptr dial(peer_actor::pointer self, trust::established what, on_closed closed, met then);
  /// The same for a thread that may wait: at most 10 s.
  result<caf::actor> dial_and_wait(trust::established what);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// What a system needs to carry links; before it is made.
void prepare_wires(caf::actor_system_config& config);

} // namespace hive::actors
