#pragma once
/// Base of every actor: known while it lives, ends with a reason when a handler throws, and answers
/// what actors/vital.hpp names. What nobody here understands is dropped.

#include "actors/crossing.hpp"
#include "actors/population.hpp"
#include "actors/vital.hpp"

#include <caf/all.hpp>

#include <exception>
#include <memory>
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
class known_actor : public Base {
 public:
  explicit known_actor(caf::actor_config& config)
    : Base(config), parent_(config.parent ? config.parent->id() : 0) {
    this->set_exception_handler([this](std::exception_ptr& thrown) {
      const auto why = crash_reason(thrown, this->name());
      people_of(this->system()).crashed(this->id(), this->name(), as_failure(why));
      return why;
    });
    this->set_default_handler([this](caf::message& m) { return take(m); });
  }

  void launch(caf::execution_unit* where, bool lazy, bool hide) override {
    people_of(this->system()).enter({this->id(), parent_, this->name(), Blocks}, this->address());
    Base::launch(where, lazy, hide);
  }

 protected:
  void on_cleanup(const caf::error& why) override {
    people_of(this->system()).leave(this->id());
    Base::on_cleanup(why);
  }

 private:
  caf::skippable_result take(caf::message& m) {
    if (m.match_elements<put_down>()) return fall(m.get_as<put_down>(0).why);
    if (frozen_) return caf::skip;
    if (m.match_elements<show_life>()) return answer(m.get_as<show_life>(0));
    if (m.match_elements<inject_fault>() && config_of(this->system()).faults)
      return suffer(m.get_as<inject_fault>(0));
    if (this->current_message_id().is_request())
      return caf::make_error(caf::sec::unexpected_message);
    return caf::message{};
  }

  caf::message answer(const show_life& m) {
    caf::anon_send(m.who, life_shown{this->id()});
    return {};
  }

  caf::message fall(const failure& why) {
    people_of(this->system()).crashed(this->id(), this->name(), why);
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

  caf::actor_id parent_;
  bool frozen_{false};
};

} // namespace hive::actors
