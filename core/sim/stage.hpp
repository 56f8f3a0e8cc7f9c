#pragma once
/// A hive on a network, and the watchers that scenarios measure with.

#include "core/sim/hive_model.hpp"
#include "core/sim/scenario.hpp"

#include <optional>
#include <vector>

namespace hive::sim {

class stage {
 public:
  /// `spare` nodes are off and know nobody.
  stage(const scenario_options& options, std::size_t spare);

  network net;
  hive_model hive;
  random_sequence random; ///< of the scenario: whom it hits

  void pass(sim_time span) { net.run_until(net.now() + span); }
  /// Until all tables agree with the truth, looked at every 100 ms. Seconds.
  double until_agreed(sim_time at_most);
  /// A running node other than these.
  node_index any_running();

  /// From now on every node is to find out that all nodes of other sides are gone.
  void watch_sides(std::vector<std::uint32_t> sides);
  /// One side: this node; the other: the rest.
  void watch_loss(node_index of);
  struct seen_by {
    double first{not_seen};
    double last{not_seen};
  };
  /// First and last of some observers that saw all they were to see.
  seen_by loss_seen(const std::vector<node_index>& by) const;

  void add_traffic(report& to) const;

 private:
  void note(node_index at, const cluster::member_event& e);

  sim_time watch_began_{0};
  std::vector<std::uint32_t> sides_;
  std::vector<bool> noted_;            ///< by observer and subject
  std::vector<std::uint32_t> missing_; ///< by observer: how many it has not missed yet
  std::vector<double> done_;           ///< by observer: when it had missed all
};

} // namespace hive::sim
