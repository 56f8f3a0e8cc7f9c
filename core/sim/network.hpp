#pragma once
/// Many machines in one thread: virtual time, messages that take time, and faults. Knows nothing of
/// what is sent: a model keeps its own messages and gives the network tickets for them, so that
/// several models share one network, its faults and its clock. Everything follows from the seed.

#include "core/base/random.hpp"

#include <chrono>
#include <cstdint>
#include <queue>
#include <set>
#include <utility>
#include <vector>

namespace hive::sim {

using node_index = std::uint32_t;
using ticket = std::uint64_t;
/// Since the simulation began.
using sim_time = std::chrono::microseconds;

/// The cores under test on every node, as the network sees them.
class model {
 public:
  virtual ~model() = default;
  /// Message `what` arrives; with `again` it will come once more.
  virtual void deliver(node_index to, node_index from, ticket what, bool again) = 0;
  /// A message was lost for good.
  virtual void lose(ticket what) = 0;
  /// The time asked for with `wake_at` has come.
  virtual void wake(node_index node) = 0;
  /// `peer`'s machine says that no program listens; `reset` when it cut a link that was there.
  virtual void refused(node_index at, node_index peer, bool reset) = 0;
  /// The program on `node` ended; with `resets` its machine resets the links it had.
  virtual void died(node_index node, bool resets) = 0;
};

/// What every message meets.
struct weather {
  double loss{0};
  double duplication{0};
  std::chrono::microseconds least_delay{200};
  std::chrono::microseconds most_delay{5000}; ///< drawn evenly: messages overtake one another
  double late_chance{0};                      ///< of a wake-up
  std::chrono::microseconds most_late{0};
};

/// What became of a node's machine and program.
enum class condition : std::uint8_t { off, stopped, running, frozen };

struct traffic {
  std::uint64_t messages{0};
  std::uint64_t bytes{0};
};

class network {
 public:
  network(std::size_t nodes, std::uint64_t seed);

  /// The number by which the model sends. Models outlive the network's last `run_until`.
  std::size_t add(model& m);

  sim_time now() const noexcept { return now_; }
  std::size_t size() const noexcept { return conditions_.size(); }
  random_sequence& random() noexcept { return random_; }

  // For models.
  void send(std::size_t from_model, node_index from, node_index to, ticket what, std::size_t bytes);
  void wake_at(std::size_t for_model, node_index node, sim_time when);
  /// `refused` at `at` after a message's time, if the way back is open.
  void refuse(std::size_t for_model, node_index at, node_index peer, bool reset);

  // For scenarios.
  void set_weather(weather w) { weather_ = w; }
  void start(node_index node) { conditions_[node] = condition::running; }
  /// kill -9: links are reset, dials are refused.
  void kill(node_index node);
  /// The program ends by itself and closes its links.
  void stop(node_index node);
  /// The plug is pulled: silence.
  void power_off(node_index node);
  void freeze(node_index node) { conditions_[node] = condition::frozen; }
  /// What came meanwhile is delivered at once.
  void thaw(node_index node);
  condition condition_of(node_index node) const noexcept { return conditions_[node]; }
  bool is_running(node_index node) const noexcept {
    return conditions_[node] == condition::running;
  }
  void cut(node_index from, node_index to) { cuts_.insert({from, to}); }
  void mend() { cuts_.clear(); }
  /// Nodes of different islands do not reach one another.
  void set_island(node_index node, std::uint32_t island) { islands_[node] = island; }
  void heal();
  bool is_open(node_index from, node_index to) const;

  /// Runs everything up to `end`.
  void run_until(sim_time end);
  const traffic& sent() const noexcept { return sent_; }

 private:
  enum class kind : std::uint8_t { message, wake, refusal, reset };
  struct happening {
    sim_time when;
    std::uint64_t order; ///< of two at the same time the one scheduled first
    kind what;
    std::uint8_t for_model;
    node_index at;
    node_index from;
    ticket carried;
    bool operator>(const happening& o) const noexcept {
      return when != o.when ? when > o.when : order > o.order;
    }
  };

  void schedule(sim_time when, kind what, std::size_t for_model, node_index at, node_index from,
                ticket carried);
  void end(node_index node, condition how, bool resets);
  void happen(const happening& h);
  void arrive(const happening& h);
  std::chrono::microseconds a_delay();

  std::vector<model*> models_;
  std::vector<condition> conditions_;
  std::vector<std::uint32_t> islands_;
  std::set<std::pair<node_index, node_index>> cuts_;
  std::vector<std::vector<happening>> stalled_; ///< for frozen nodes
  std::vector<std::vector<sim_time>> wakes_;    ///< by model and node: the next one scheduled
  std::priority_queue<happening, std::vector<happening>, std::greater<>> queue_;
  weather weather_;
  random_sequence random_;
  sim_time now_{0};
  std::uint64_t order_{0};
  traffic sent_;
};

} // namespace hive::sim
