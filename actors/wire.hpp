#pragma once
/// Where established TLS connections become CAF's: this node's side of a link. CAF opens no
/// connection and listens at no port by itself, so no byte reaches its deserialiser that was not
/// sent by a member. The spellings of CAF's io module live in the .cpp alone.

#include "actors/protocol.hpp"
#include "core/trust/established.hpp"

#include <functional>
#include <memory>

namespace hive::actors {

/// A connection that CAF has. Any thread.
class link_wire {
 public:
  virtual ~link_wire() = default;
  /// Cuts it; `on_closed` follows.
  virtual void cut() = 0;
};
using wire_ptr = std::shared_ptr<link_wire>;

/// Once, on CAF's io thread, whoever ended it.
using on_closed = std::function<void()>;

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

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// What a system needs to carry links; before it is made.
void prepare_wires(caf::actor_system_config& config);

} // namespace hive::actors
