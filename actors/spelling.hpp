#pragma once
/// The spellings of CAF 0.18.7 that another version spells differently, in one place: base class of
/// every actor, spawning, sending, asking, exit and down signals. A move to CAF 1.x is this header.

#include "actors/crossing.hpp"
#include "actors/population.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace hive::actors {

/// What every actor system of hive is made with.
struct system_config : caf::actor_system_config {
  std::shared_ptr<population> people{std::make_shared<population>()};
  /// Blocking actors get a thread of their own; tests in virtual time run them with all others.
  bool own_threads{true};
};

inline const system_config& config_of(const caf::actor_system& system) {
  return dynamic_cast<const system_config&>(system.config());
}
inline population& people_of(const caf::actor_system& system) {
  return *config_of(system).people;
}

/// Base of every actor: known while it lives, and a throwing handler ends it with a reason.
template <class Base>
class known_actor : public Base {
 public:
  explicit known_actor(caf::actor_config& config)
    : Base(config), parent_(config.parent ? config.parent->id() : 0) {
    this->set_exception_handler([](std::exception_ptr& thrown) { return crash_reason(thrown); });
  }

  void launch(caf::execution_unit* where, bool lazy, bool hide) override {
    people_of(this->system()).enter({this->id(), parent_, this->name()});
    Base::launch(where, lazy, hide);
  }

 protected:
  void on_cleanup(const caf::error& why) override {
    people_of(this->system()).leave(this->id());
    Base::on_cleanup(why);
  }

 private:
  caf::actor_id parent_;
};

/// `State` names its handle type (`using handle = job_actor`) and itself (`name`).
template <class State>
using actor_of = caf::stateful_actor<State, known_actor<typename State::handle::impl>>;

/// A child is linked to its parent: neither outlives the other unless it handles the exit signal.
/// The parent must store the handle, since links keep nobody alive.
template <class State, class... Ts>
typename State::handle spawn_child(caf::local_actor* parent, Ts&&... xs) {
  return parent->spawn<actor_of<State>, caf::linked>(std::forward<Ts>(xs)...);
}

/// A child that may block.
template <class State, class... Ts>
typename State::handle spawn_blocking_child(caf::local_actor* parent, Ts&&... xs) {
  if (!config_of(parent->system()).own_threads)
    return spawn_child<State>(parent, std::forward<Ts>(xs)...);
  return parent->spawn<actor_of<State>, caf::linked + caf::detached>(std::forward<Ts>(xs)...);
}

/// An actor without a parent.
template <class State, class... Ts>
typename State::handle spawn_first(caf::actor_system& system, Ts&&... xs) {
  return system.spawn<actor_of<State>>(std::forward<Ts>(xs)...);
}

template <class Self, class Handle, class Message>
void tell(Self* self, const Handle& whom, Message&& message) {
  self->send(whom, std::forward<Message>(message));
}

template <class Self, class Handle, class Message>
void tell_later(Self* self, const Handle& whom, std::chrono::milliseconds wait, Message&& message) {
  self->delayed_send(whom, wait, std::forward<Message>(message));
}

/// From a foreign thread.
template <class Handle, class Message>
void post(const Handle& whom, Message&& message) {
  caf::anon_send(whom, std::forward<Message>(message));
}

/// `ask(…).then(on_value, on_error)`.
template <class Self, class Handle, class Message>
auto ask(Self* self, const Handle& whom, std::chrono::milliseconds limit, Message&& message) {
  return self->request(whom, limit, std::forward<Message>(message));
}

/// `signal` takes (const caf::actor_addr& who, const caf::error& why). Exit: of children, and
/// orders to stop. Without a handler an order ends the actor at once.
template <class Self, class Signal>
void on_exit_signal(Self* self, Signal signal) {
  self->set_exit_handler(
      [signal = std::move(signal)](caf::exit_msg& m) mutable { signal(m.source, m.reason); });
}

/// Down: of actors that are watched.
template <class Self, class Signal>
void on_down_signal(Self* self, Signal signal) {
  self->set_down_handler(
      [signal = std::move(signal)](caf::down_msg& m) mutable { signal(m.source, m.reason); });
}

template <class Self, class Handle>
void watch(Self* self, const Handle& whom) {
  self->monitor(whom);
}

/// Orders an actor to stop, from any thread. The signal names the receiver itself as its source:
/// CAF takes an exit signal from X as the death of X and unlinks, and the parent would not hear the
/// end.
template <class Handle>
void order_stop(const Handle& whom, caf::error why) {
  caf::anon_send(caf::actor_cast<caf::actor>(whom), caf::exit_msg{whom.address(), std::move(why)});
}

/// Who sent the message that is being handled.
template <class Self>
caf::strong_actor_ptr asker(Self* self) {
  return self->current_sender();
}

template <class Handle>
bool is(const caf::actor_addr& who, const Handle& whom) {
  return whom && who == whom.address();
}

} // namespace hive::actors
