#pragma once
/// Whether enough of the hive is in reach for what destroys. A node that has just begun waits a
/// moment for its first links before it says no. No actor; used by the cluster's alone.

#include "actors/hive_words.hpp"
#include "actors/neighbourhood.hpp"

#include <vector>

namespace hive::actors {

class quorum {
 public:
  quorum(cluster_actor::pointer self, const cluster::membership* members, const known_peers* peers)
    : self_(self), members_(members), peers_(peers) {}

  /// errc::no_majority.
  caf::result<void> confirm();
  /// Every second.
  void look();

 private:
  cluster::island reach() const;

  cluster_actor::pointer self_;
  const cluster::membership* members_;
  const known_peers* peers_;
  std::vector<caf::typed_response_promise<void>> waiting_;
  std::size_t looks_{0};
};

} // namespace hive::actors
