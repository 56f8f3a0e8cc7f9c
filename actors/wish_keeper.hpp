#pragma once
/// What the hive is to hold, as this node knows it: merges what others say, tells what is new, and
/// begins the jobs that fall to this node. No actor; used by the cluster's alone.

#include "actors/hive_words.hpp"
#include "actors/links.hpp"
#include "core/cluster/placement.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hive::actors {

struct wish_means {
  cluster_actor::pointer self;
  queue_actor queue;
  std::shared_ptr<links> links_of; ///< null: nothing is kept on disk
  /// Kept over the group's restarts.
  std::shared_ptr<std::vector<cluster::desired_record>> kept;
  const cluster::membership* members;
  /// To a member that has a link; nothing for others.
  std::function<void(const node_id&, wish_words)> say;
};

class wish_keeper {
 public:
  explicit wish_keeper(wish_means means);

  /// News for a few members; empty when there are none.
  std::vector<cluster::desired_record> take_news() { return wishes_.take_news(); }
  /// For a comparison: the other side answers with what differs.
  wish_words sums() const;
  void tidy();
  void hear(const node_id& from, const wish_words& what);
  /// Its link is gone: it may have forgotten what was said.
  void lost(const node_id& who) { said_.erase(who); }

  /// Who holds it now. errc::conflict when no member fits.
  result<std::vector<node_id>> place(cluster::desired_record wish);
  /// Each node for itself: the same wish again is the same job.
  void hold_what_is_due();

 private:
  void changed();

  wish_means means_;
  cluster::desired_state wishes_;
  std::map<node_id, cluster::digest_sums> said_; ///< the sums each was asked back with
  std::set<std::string> held_; ///< wishes this node has begun to hold, in this life
};

} // namespace hive::actors
