#pragma once
/// Base of every actor: known while it lives and counted (actors/vitals.hpp), ends with a reason
/// when a handler throws, and answers what actors/vital.hpp names. What nobody here understands is
/// dropped.

#include "actors/crossing.hpp"
#include "actors/population.hpp"
#include "actors/vital.hpp"

#include <caf/all.hpp>

#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace hive::actors {

/// What every actor system of hive is made with.
struct system_config : caf::actor_system_config {
  std::shared_ptr<population> people{std::make_shared<population>()};
  /// Blocking actors get a thread of their own; tests in virtual time run them with all others.
  bool own_threads{true};
  bool faults{false}; ///< may be injected
};

inline const system_config& config_of(const caf::actor_system& system) {
  return dynamic_cast<const system_config&>(system.config());
}
inline population& people_of(const caf::actor_system& system) {
  return *config_of(system).people;
}

template <class Base, bool Blocks>
class known_actor : public Base, public visible {
 public:
  explicit known_actor(caf::actor_config& config)
    : Base(config), visible(Base::id(), config.parent ? config.parent->id() : 0, Blocks),
      people_(people_of(this->home_system())) {
    this->set_exception_handler([this](std::exception_ptr& thrown) {
      const auto why = crash_reason(thrown, this->name());
      people_.crashed(this->id(), this->name(), as_failure(why));
      return why;
    });
    this->set_default_handler([this](caf::message& m) { return take(m); });
  }

  void launch(caf::execution_unit* where, bool lazy, bool hide) override {
    vitals_.name = this->name();
    vitals_.born = this->clock().now();
    vitals_.at = this->address();
    people_.enter(vitals_);
    Base::launch(where, lazy, hide);
  }

  using Base::enqueue;
  bool enqueue(caf::mailbox_element_ptr what, caf::execution_unit* where) override {
    const auto arrival = vitals_.arrive();
    if (people_.clocked()) what->enqueue_time = this->clock().now();
    if (people_.watched()) vitals_.stamp(arrival, what->enqueue_time);
    if (Base::enqueue(std::move(what), where)) return true;
    vitals_.bounce();
    return false;
  }

  using Base::consume;
  caf::invoke_message_result consume(caf::mailbox_element& x) override {
    in_hand now{*this, x};
    const auto how = Base::consume(x);
    now.put_back = how == caf::invoke_message_result::skipped;
    return how;
  }

 protected:
  void on_cleanup(const caf::error& why) override {
    people_.leave(vitals_);
    Base::on_cleanup(why);
  }

  /// Answers with what it says of itself, by default nothing.
  virtual void describe(described_promise reply) { reply.deliver(self_described{}); }

 private:
  /// A message while it is handled, counted also when its handler throws.
  struct in_hand {
    in_hand(known_actor& whose, const caf::mailbox_element& x) : self(whose) {
      const auto types = x.payload.types();
      seen.type = types.empty() ? caf::type_id_t{0} : types[0];
      self.vitals_.take(self.people_.tick());
      clocked = self.people_.clocked();
      if (!clocked) return;
      seen.sender = x.sender ? x.sender->id() : 0;
      seen.begin = self.clock().now();
      if (x.enqueue_time != instant{}) seen.waited = seen.begin - x.enqueue_time;
      if (self.people_.watched()) self.vitals_.begin(seen);
    }
    /// What cannot be noted for lack of memory is not.
    ~in_hand() {
      const auto ticks = self.people_.tick() - self.vitals_.finish(put_back);
      try {
        if (!Blocks && ticks * tick_length > slow_limit) tell_slow(ticks);
        if (clocked) put_back ? self.vitals_.put_back() : keep();
      } catch (const std::bad_alloc&) {
        return;
      }
    }
    in_hand(const in_hand&) = delete;
    in_hand& operator=(const in_hand&) = delete;

    void tell_slow(std::uint32_t ticks) {
      self.vitals_.note_slow();
      self.people_.slow(self.vitals_, seen.type, ticks);
    }
    void keep() {
      seen.took = self.clock().now() - seen.begin;
      if (self.people_.watched()) self.vitals_.end(seen);
      if (self.people_.tracing() && self.vitals_.traced()) self.people_.trace(self.vitals_, seen);
    }

    known_actor& self;
    handling seen;
    bool clocked{false};
    bool put_back{false};
  };

  caf::skippable_result take(caf::message& m) {
    if (m.match_elements<put_down>()) return fall(m.get_as<put_down>(0).why);
    if (frozen_) return caf::skip;
    if (m.match_elements<show_life>()) return answer(m.get_as<show_life>(0));
    if (m.match_elements<describe_self>()) return tell_of_itself();
    if (m.match_elements<inject_fault>() && config_of(this->system()).faults)
      return suffer(m.get_as<inject_fault>(0));
    if (this->current_message_id().is_request())
      return caf::make_error(caf::sec::unexpected_message);
    return caf::message{};
  }

  caf::message tell_of_itself() {
    describe(this->template make_response_promise<self_described>());
    return {};
  }

  caf::message answer(const show_life& m) {
    caf::anon_send(m.who, life_shown{this->id()});
    return {};
  }

  caf::message fall(const failure& why) {
    people_.crashed(this->id(), this->name(), why);
    this->quit(as_error(why));
    return {};
  }

  caf::message suffer(const inject_fault& what) {
    if (what.kind == fault::crash) throw std::runtime_error("an injected fault");
    if (this->getf(caf::abstract_actor::is_detached_flag)) {
      std::this_thread::sleep_for(what.lasting);
      return {};
    }
    frozen_ = true;
    this->do_become(caf::behavior{[this](const thaw&) { melt(); }}, false);
    caf::delayed_anon_send(caf::actor_cast<caf::actor>(this->ctrl()), what.lasting, thaw{});
    return {};
  }

  void melt() {
    frozen_ = false;
    this->bhvr_stack().pop_back();
  }

  population& people_;
  bool frozen_{false};
};

} // namespace hive::actors
