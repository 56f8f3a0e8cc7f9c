#pragma once
/// The spellings of CAF 0.18.7 that another version spells differently: spawning, sending, asking,
/// exit and down signals. A move to CAF 1.x is this header and the base of every actor.

#include "actors/known_actor.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <utility>

namespace hive::actors {

/// `State` names its handle type (`using handle = job_actor`) and itself (`name`), and may say what
/// it is doing: by `description describe() const`, or by `void describe(described_promise)` when it
/// has to ask somebody first.
template <class State, bool Blocks = false>
class actor_of
  : public caf::stateful_actor<State, known_actor<typename State::handle::impl, Blocks>> {
  using super = caf::stateful_actor<State, known_actor<typename State::handle::impl, Blocks>>;

 public:
  using super::super;

 protected:
  void describe(described_promise reply) override {
    if constexpr (requires(State & s) { s.describe(reply); })
      this->state.describe(std::move(reply));
    else if constexpr (requires(const State& s) { s.describe(); })
      reply.deliver(self_described{this->state.describe()});
    else
      reply.deliver(self_described{});
  }
};

/// What the inspector shows of an actor beside what is counted: its own state word (a literal),
/// what it works at, and the job it works for, which its later children inherit.
template <class Self>
void show_state(Self* self, const char* word) {
  dynamic_cast<visible&>(*self).shown().show_state(word);
}
template <class Self>
void show_label(Self* self, std::string text) {
  dynamic_cast<visible&>(*self).shown().set_label(std::move(text));
}
template <class Self>
void work_for(Self* self, const job_id& job) {
  dynamic_cast<visible&>(*self).shown().set_job(std::make_shared<const job_id>(job));
}

/// A child is linked to its parent: neither outlives the other unless it handles the exit signal.
/// The parent must store the handle, since links keep nobody alive.
template <class State, class... Ts>
typename State::handle spawn_child(caf::local_actor* parent, Ts&&... xs) {
  return parent->spawn<actor_of<State>, caf::linked>(std::forward<Ts>(xs)...);
}

/// A child that may block.
template <class State, class... Ts>
typename State::handle spawn_blocking_child(caf::local_actor* parent, Ts&&... xs) {
  using made = actor_of<State, true>;
  if (!config_of(parent->system()).own_threads)
    return parent->spawn<made, caf::linked>(std::forward<Ts>(xs)...);
  return parent->spawn<made, caf::linked + caf::detached>(std::forward<Ts>(xs)...);
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

/// Ends an actor that cannot go on: counted and told like a crash.
template <class Self>
void break_down(Self* self, caf::error why) {
  people_of(self->system()).crashed(self->id(), self->name(), as_failure(why));
  self->quit(std::move(why));
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
