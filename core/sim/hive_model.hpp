#pragma once
/// The membership cores of all nodes on a simulated network, with what a wrapper owes them: links,
/// a clock of their own that may be wrong, and a memory of the hive across restarts.

#include "core/cluster/membership.hpp"
#include "core/sim/network.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace hive::sim {

struct hive_options {
  /// Nodes that know one another from before; the rest join when started.
  std::size_t members{0};
  std::chrono::milliseconds most_skew{0}; ///< wall clocks are wrong by up to this, either way
  int most_drift_ppm{0};                  ///< clocks run too fast or slow by up to this
  std::uint64_t seed{1};
};

/// What went wrong without a cause.
struct false_alarms {
  std::uint64_t unreachable{0};
  std::uint64_t down{0};
  std::uint64_t suspects{0}; ///< not wrong: how often somebody had to ask others
};

class hive_model final : public model {
 public:
  using event_hook = std::function<void(node_index at, const cluster::member_event&)>;

  hive_model(network& net, hive_options options);

  /// Starts all members at once.
  void start_members();
  /// A program starts on this node: again, with what it remembers, or for the first time, and then
  /// it joins through `seed`.
  void start(node_index node, node_index seed);
  void leave(node_index node);
  void listen(event_hook hook) { hook_ = std::move(hook); }

  /// Null while no program runs there.
  const cluster::membership* core(node_index node) const noexcept {
    return nodes_[node].core ? &*nodes_[node].core : nullptr;
  }
  const node_id& id(node_index node) const noexcept { return nodes_[node].who->id; }
  node_index index(const node_id& id) const { return by_id_.at(id.value); }
  /// How `at` sees `of`; unreachable when it does not know it.
  cluster::reachability seen(node_index at, node_index of) const;
  /// Running nodes that watch this one.
  std::vector<node_index> monitors(node_index of) const;

  /// Whether all running nodes have the same table, and it is true: who runs is ok in its newest
  /// incarnation, who does not run is lost, gone or unknown.
  bool agree() const;

  /// A fault that excuses what is said of this node, and what it says, until 20 s after its end.
  void excuse(node_index node);
  void excuse_all();
  const false_alarms& alarms() const noexcept { return alarms_; }

  // model
  void deliver(node_index to, node_index from, ticket what, bool again) override;
  void lose(ticket what) override;
  void wake(node_index node) override;
  void refused(node_index at, node_index peer, bool reset) override;
  void died(node_index node, bool resets) override;

 private:
  struct resident {
    cluster::profile_ptr who;
    std::optional<cluster::membership> core;
    std::uint64_t incarnation{0};
    std::vector<cluster::row_ptr> remembered;
    sim_time offset{0};
    std::chrono::milliseconds skew{0};
    int drift_ppm{0};
    node_index seed{0};
    sim_time dialled{-1};
    sim_time excused_until{0};
  };

  cluster::moment clock(const resident& n) const noexcept;
  sim_time when(const resident& n, std::chrono::milliseconds steady) const noexcept;
  void create(node_index at, std::vector<cluster::row_ptr> known);
  void dial_seed(node_index at);
  void act(node_index at, cluster::actions what);
  void judge(node_index at, const cluster::member_event& e);
  ticket keep(cluster::message what);

  network& net_;
  hive_options options_;
  random_sequence random_;
  std::size_t number_;
  std::vector<resident> nodes_;
  std::unordered_map<std::string, node_index> by_id_;
  std::vector<cluster::message> mail_;
  std::vector<ticket> free_mail_;
  event_hook hook_;
  false_alarms alarms_;
};

} // namespace hive::sim
