#pragma once
/// The other nodes of the hive as rooms whose actors can be asked, and where a job is. No actor;
/// used by the cluster's alone.

#include "actors/hive_words.hpp"
#include "actors/protocol.hpp"
#include "actors/reaching.hpp"
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
  std::function<void(const node_id&)> dial; ///< its peer is to see that there is a link
};

class neighbourhood {
 public:
  explicit neighbourhood(neighbourhood_means means)
    : means_(std::move(means)), reaching_(means_.self, means_.dial) {}

  /// All members of the table by name, without what they hold.
  members_shown show() const;
  /// As the swarm is told of them.
  members_changed everybody() const;
  /// Without reconnects.
  member_counts count() const;

  /// For people: its name, or its id.
  std::string name_of(const node_id& who) const;
  /// A member that nobody misses; there may be no link with it yet.
  bool is_in_reach(const node_id& who) const;
  /// By name or id; this node too. errc::not_found, errc::conflict, errc::unreachable.
  caf::result<neighbour> find(const std::string& who);
  caf::result<neighbour_list> all();
  /// Runs `then` when those in reach have links, a second later at most.
  void when_linked(std::function<void()> then);
  /// errc::not_found names who was not asked.
  caf::result<job_whereabouts> find_job(const job_id& id);
  /// There is a link with a member, or its dial has failed.
  void settled(const node_id& who) { reaching_.settled(who); }
  void overdue(const reach_overdue& what) { reaching_.overdue(what.number); }
  /// What is told of the job there is told here, until it ends.
  void follow(const follow_job& what);
  /// False when it was nobody who follows.
  bool is_over(const caf::actor_addr& follower);

 private:
  member_now as_member(const cluster::member_row& row) const;
  bool has_link(const node_id& who) const;
  /// Members in reach, without a link.
  std::vector<node_id> not_linked() const;
  result<node_id> called(const std::string& who) const;
  neighbour_list linked_now() const;
  result<neighbour> linked_now(const node_id& who) const;
  void ask_all_for(const job_id& id, caf::typed_response_promise<job_whereabouts> promise);
  const node_id& own() const { return means_.members->self()->id(); }

  neighbourhood_means means_;
  reaching reaching_;
  std::map<job_id, follower_actor> followed_;
};

} // namespace hive::actors
