#pragma once
/// What each member holds, as this node knows it: looks into the own catalog now and then, and
/// passes on what members say of theirs. No actor; used by the cluster's alone.

#include "actors/comparison.hpp"
#include "actors/hive_words.hpp"
#include "actors/protocol.hpp"
#include "core/cluster/membership.hpp"

#include <functional>

namespace hive::actors {

struct stock_means {
  cluster_actor::pointer self;
  catalog_actor catalog;
  const cluster::membership* members;
  /// To a member that has a link; nothing for others.
  std::function<void(const node_id&, holding_words)> say;
};

class stock_keeper {
 public:
  explicit stock_keeper(stock_means means);

  /// Asks the catalog.
  void look();
  std::vector<cluster::holding> take_news() { return all_.take_news(); }
  holding_words sums() const { return comparison<holding_words>::sums_of(all_); }
  void hear(const node_id& from, const holding_words& what);
  void lost(const node_id& who) { compared_.lost(who); }
  /// Of who left, or was forgotten.
  void tidy();
  /// Null: it has not said.
  const cluster::holding* held_by(const node_id& who) const { return all_.find(who); }

 private:
  bool is_member(const node_id& who) const;

  stock_means means_;
  cluster::holdings all_;
  comparison<holding_words> compared_;
};

} // namespace hive::actors
