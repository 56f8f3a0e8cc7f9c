#include "actors/supervisor.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/job/log.hpp"

#include <algorithm>
#include <deque>

namespace hive::actors {
namespace {

constexpr std::size_t most_restarts = 5;
constexpr std::chrono::seconds restart_window{60};

/// A long-lived child; `at` is empty once it is down.
struct member {
  const char* name;
  caf::actor at;
};

class supervisor_state {
 public:
  using handle = supervisor_actor;
  static constexpr const char* name = "supervisor";

  supervisor_state(supervisor_actor::pointer self, supervisor_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  supervisor_actor::behavior_type make_behavior() {
    on_exit_signal(
        self_, [this](const caf::actor_addr& who, const caf::error& why) { hear_exit(who, why); });
    self_->link_to(deps_.gateway);
    open();
    return {
        [this](const open_house&) { return house_opened{house_}; },
        [this](const stop_overdue& m) { press(m.turn); },
    };
  }

 private:
  void open() {
    house_.ledger = spawn_ledger(self_, deps_.ledger);
    deps_.narrator.ledger = house_.ledger;
    house_.narrator = spawn_narrator(self_, deps_.narrator);
    house_.catalog = spawn_catalog(self_, deps_.catalog);
    house_.desk = spawn_desk(self_, deps_.desk);
    deps_.swarm.catalog = house_.catalog;
    deps_.swarm.narrator = house_.narrator;
    house_.swarm = spawn_swarm(self_, deps_.swarm);
    deps_.shelf.swarm = house_.swarm;
    deps_.shelf.catalog = house_.catalog;
    deps_.shelf.narrator = house_.narrator;
    house_.shelf = spawn_shelf(self_, deps_.shelf);
    deps_.limits.ledger = house_.ledger;
    deps_.limits.narrator = house_.narrator;
    house_.limits = spawn_limits(self_, deps_.limits);
    auto& queue = deps_.queue;
    queue.ledger = house_.ledger;
    queue.narrator = house_.narrator;
    queue.catalog = house_.catalog;
    queue.desk = house_.desk;
    queue.shelf = house_.shelf;
    queue.limits = house_.limits;
    house_.queue = spawn_queue(self_, queue);
    deps_.pulse.narrator = house_.narrator;
    house_.pulse = spawn_pulse(self_, deps_.pulse);
    house_.inspector = spawn_inspector(self_, {house_.queue, house_.narrator});
    auto& cluster = deps_.cluster;
    cluster.narrator = house_.narrator;
    cluster.pulse = house_.pulse;
    cluster.catalog = house_.catalog;
    cluster.rooms = {house_.queue, house_.narrator, house_.inspector};
    house_.cluster = spawn_cluster(self_, cluster);
    tell(self_, house_.swarm, enter_cluster{house_.cluster});
    deps_.sentry.narrator = house_.narrator;
    const auto sentry = spawn_sentry(self_, deps_.sentry);
    // In the order they are stopped: who asks goes before who answers.
    const auto dynamic = [](const auto& h) { return caf::actor_cast<caf::actor>(h); };
    group_ = {{"sentry", dynamic(sentry)},
              {"cluster", dynamic(house_.cluster)},
              {"inspector", dynamic(house_.inspector)},
              {"queue", dynamic(house_.queue)},
              {"limits", dynamic(house_.limits)},
              {"shelf", dynamic(house_.shelf)},
              {"swarm", dynamic(house_.swarm)},
              {"desk", dynamic(house_.desk)},
              {"catalog", dynamic(house_.catalog)},
              {"pulse", dynamic(house_.pulse)},
              {"narrator", dynamic(house_.narrator)},
              {"ledger", dynamic(house_.ledger)}};
    tell(self_, deps_.gateway, house_opened{house_});
  }

  void hear_exit(const caf::actor_addr& who, const caf::error& why) {
    const auto gone = std::ranges::find_if(group_, [&](const member& m) { return is(who, m.at); });
    if (gone == group_.end()) return close(why);
    gone->at = nullptr;
    if (!closing_) crashed(gone->name, why);
    stop_next();
  }

  void crashed(const std::string& who, const caf::error& why) {
    const auto reason = as_failure(why, "the " + who);
    const auto now = self_->clock().now();
    restarts_.push_back(now);
    while (now - restarts_.front() > restart_window) restarts_.pop_front();
    if (restarts_.size() > most_restarts)
      return close_group(
          as_error(fail(errc::actor_failed,
                        "the " + who + " ended again after " + std::to_string(most_restarts) +
                            " restarts within a minute: " + reason.detail,
                        "look at the log for what it ended of, then start the node again")));
    ++*deps_.restarts;
    restarting_ = "the " + who + " ended: " + sentence(reason);
    log(level::warning, "supervisor", "group-closing",
        *restarting_ + "; every long-lived actor is started anew");
    close_group(stop_reason::group_restart);
  }

  /// For good: told to, or without the gateway.
  void close(const caf::error& why) {
    restarting_.reset();
    if (closing_) return;
    close_group(is_stop(why) ? why : as_error(as_failure(why, "the gateway")));
    stop_next();
  }

  void close_group(const caf::error& why) {
    closing_ = why;
    people_of(self_->system()).set_silent({}, std::nullopt);
    tell(self_, deps_.gateway, house_closed{});
  }

  /// One after the other: each may still need those after it.
  void stop_next() {
    const auto next = std::ranges::find_if(group_, [](const member& m) { return bool{m.at}; });
    if (next != group_.end()) {
      order_stop(next->at, is_stop(*closing_) ? *closing_ : stop_reason::node_stopping);
      return wait_for(*next);
    }
    if (!restarting_) return finish();
    closing_.reset();
    deps_.sentry.news = fact{{},
                             "supervisor",
                             "group-restarted",
                             level::warning,
                             *std::exchange(restarting_, std::nullopt) +
                                 "; every long-lived actor was started anew",
                             {}};
    deps_.sentry.news->actor_id = self_->id();
    open();
  }

  void wait_for(const member& next) {
    pressed_ = false;
    stopping_ = next.name;
    tell_later(self_, self_, deps_.stop_limit, stop_overdue{++turn_});
  }

  /// Whoever was told to stop still lives.
  void press(std::uint64_t turn) {
    const auto next = std::ranges::find_if(group_, [](const member& m) { return bool{m.at}; });
    if (turn != turn_ || !closing_ || next == group_.end()) return;
    if (!std::exchange(pressed_, true)) {
      post(next->at,
           put_down{fail(errc::actor_failed, "the " + stopping_ + " did not stop in time")});
      tell_later(self_, self_, deps_.stop_limit, stop_overdue{++turn_});
      return;
    }
    closing_ = as_error(fail(errc::actor_failed,
                             "the " + stopping_ + " does not end, so nothing can be started anew",
                             "look at the disk and the kernel's log, then start the node again"));
    finish();
  }

  void finish() {
    house_ = {};
    order_stop(deps_.gateway, *closing_);
    self_->quit(*closing_);
  }

  supervisor_actor::pointer self_;
  supervisor_deps deps_;
  house house_;
  std::vector<member> group_;
  std::deque<std::chrono::steady_clock::time_point> restarts_;
  std::optional<caf::error> closing_;     ///< why the group is being stopped
  std::optional<std::string> restarting_; ///< why; empty: it stops for good
  std::uint64_t turn_{0};                 ///< of waiting for somebody to stop
  std::string stopping_;                  ///< who that is
  bool pressed_{false};                   ///< it was put down
};

} // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_deps deps) {
  auto on_end = [heard = deps.on_give_up](const caf::error& why) {
    if (is_stop(why)) return;
    const auto reason = as_failure(why, "the supervisor");
    log(level::error, "supervisor", "gave-up", sentence(reason));
    if (heard) heard(reason);
  };
  const auto made = spawn_first<supervisor_state>(system, std::move(deps));
  made->attach_functor(std::move(on_end));
  return made;
}

} // namespace hive::actors
