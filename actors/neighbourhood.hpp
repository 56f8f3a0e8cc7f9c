#pragma once
/// The other nodes of the hive as rooms whose actors can be asked, and where a job is. No actor;
/// used by the cluster's alone.

#include "actors/hive_words.hpp"
#include "actors/protocol.hpp"
#include "core/cluster/membership.hpp"

#include <map>
#include <optional>
#include <string>

namespace hive::actors {

/// The cluster's peer of a member.
struct known_peer {
  peer_actor at;
  cluster::profile_ptr who;
  bool linked{false};
  std::string version;                ///< of hive
  std::optional<cluster::cause> lost; ///< why the last link ended; empty: there was none
  open_rooms rooms;                   ///< of the other node, while there is a link
};
using known_peers = std::map<node_id, known_peer>;

struct neighbourhood_means {
  cluster_actor::pointer self;
  open_rooms rooms; ///< of this node
  narrator_actor narrator;
  const cluster::membership* members;
  const known_peers* peers;
};

class neighbourhood {
 public:
  explicit neighbourhood(neighbourhood_means means) : means_(std::move(means)) {}

  /// All members of the table by name, without what they hold.
  members_shown show() const;
  /// As the swarm is told of them.
  members_changed everybody() const;
  /// Without reconnects.
  member_counts count() const;

  /// For people: its name, or its id.
  std::string name_of(const node_id& who) const;
  bool is_in_reach(const node_id& who) const;
  /// By name or id; this node too. errc::not_found, errc::conflict, errc::unreachable.
  caf::result<neighbour> find(const std::string& who) const;
  neighbour_list all() const;
  /// errc::not_found names who was not asked.
  caf::result<job_whereabouts> find_job(const job_id& id);
  /// What is told of the job there is told here, until it ends.
  void follow(const follow_job& what);
  /// False when it was nobody who follows.
  bool is_over(const caf::actor_addr& follower);

 private:
  member_now as_member(const cluster::member_row& row) const;
  const node_id& own() const { return means_.members->self()->id(); }

  neighbourhood_means means_;
  std::map<job_id, follower_actor> followed_;
};

} // namespace hive::actors
