#pragma once
/// Actors in virtual time: nothing runs and no time passes until told. Neighbours are mocks that
/// write down what they hear; blocking actors run like all others.

#include "actors/inspect.hpp"
#include "actors/protocol.hpp"
#include "actors/spelling.hpp"
#include "tests/support/catch.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hive::actors {

using namespace std::chrono_literals;

/// Executed by the world's root actor, the parent of whatever is under test.
struct perform {
  std::function<void(caf::event_based_actor*)> act;
};

} // namespace hive::actors

CAF_BEGIN_TYPE_ID_BLOCK(hive_tests, caf::id_block::hive_actors::end)
  CAF_ADD_TYPE_ID(hive_tests, (hive::actors::perform))
CAF_END_TYPE_ID_BLOCK(hive_tests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(::hive::actors::perform)

namespace hive::actors {

struct exit_seen {
  caf::actor_addr who;
  caf::error why;
};

/// The answer to a question put from outside.
template <class T>
class answer {
 public:
  bool here() const { return got_->has_value(); }
  const result<T>& get() const {
    REQUIRE(here());
    return **got_;
  }
  const T& operator*() const {
    if (!get()) FAIL(sentence(get().why()));
    return *get();
  }
  const T* operator->() const { return &**this; }
  std::shared_ptr<std::optional<result<T>>> slot() const { return got_; }

 private:
  std::shared_ptr<std::optional<result<T>>> got_{std::make_shared<std::optional<result<T>>>()};
};

class actor_world {
 public:
  actor_world() {
    know_types();
    static const bool known = (caf::init_global_meta_objects<caf::id_block::hive_tests>(), true);
    static_cast<void>(known);
    config_.set("caf.scheduler.policy", "testing");
    config_.own_threads = false;
    config_.faults = true;
    system_.emplace(config_);
    root_ = system_->spawn([this](caf::event_based_actor* self) -> caf::behavior {
      self->set_exit_handler([this](caf::exit_msg& m) { exits_.push_back({m.source, m.reason}); });
      return {[self](const perform& m) { m.act(self); }};
    });
    settle();
  }
  ~actor_world() {
    for (const auto& handle : kept_) caf::anon_send_exit(handle, caf::exit_reason::kill);
    caf::anon_send_exit(root_, caf::exit_reason::kill);
    kept_.clear();
    root_ = nullptr;
    while (settle() > 0) pass(1h);
  }
  actor_world(const actor_world&) = delete;
  actor_world& operator=(const actor_world&) = delete;

  caf::actor_system& system() { return *system_; }
  population& people() { return *config_.people; }
  const std::vector<exit_seen>& exits() const { return exits_; }

  /// Runs until nobody has anything to do.
  std::size_t settle() { return scheduler().run(); }
  /// One actor handles one message. False when nobody has anything to do.
  bool step() { return scheduler().try_run_once(); }
  /// Lets time pass, waking whoever waited for it in between.
  void pass(std::chrono::milliseconds time) {
    settle();
    scheduler().advance_time(time);
    settle();
  }

  /// `act` runs as the world's root actor.
  void perform_now(std::function<void(caf::event_based_actor*)> act) {
    caf::anon_send(root_, perform{std::move(act)});
    settle();
  }
  /// `act` runs as an untyped mock.
  template <class Handle>
  void perform_as(const Handle& mock, std::function<void(caf::event_based_actor*)> act) {
    caf::anon_send(caf::actor_cast<caf::actor>(mock), perform{std::move(act)});
    settle();
  }
  /// Spawns what `make(parent)` spawns.
  template <class Make>
  auto spawn(Make make) {
    std::optional<decltype(make(std::declval<caf::local_actor*>()))> made;
    perform_now([&](caf::event_based_actor* self) { made = make(self); });
    return *made;
  }
  /// A mock: a typed actor with this behaviour.
  template <class Handle, class... Handlers>
  Handle mock(Handlers... handlers) {
    auto made = system_->spawn([handlers...](typename Handle::pointer) ->
                               typename Handle::behavior_type { return {handlers...}; });
    keep(made);
    return made;
  }
  /// Ends it with the world.
  template <class Handle>
  void keep(const Handle& made) {
    kept_.push_back(caf::actor_cast<caf::actor>(made));
    settle();
  }

  /// Asks in the name of the root actor; the answer comes while the world runs.
  template <class T, class Handle, class Message>
  answer<T> ask(const Handle& whom, Message m) {
    answer<T> got;
    perform_now([&](caf::event_based_actor* self) {
      self->request(whom, 1h, std::move(m))
          .then([slot = got.slot()](T& v) { slot->emplace(std::move(v)); },
                [slot = got.slot()](caf::error& why) { slot->emplace(as_failure(why)); });
    });
    return got;
  }
  template <class Handle, class Message>
  void tell(const Handle& whom, Message m) {
    caf::anon_send(whom, std::move(m));
    settle();
  }

 private:
  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  }

  system_config config_;
  std::optional<caf::actor_system> system_;
  caf::actor root_;
  std::vector<caf::actor> kept_;
  std::vector<exit_seen> exits_;
};

} // namespace hive::actors
