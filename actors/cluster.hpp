#pragma once
/// The cluster: this node's membership of its hive. Wraps core/cluster with a clock, one peer per
/// member, and the files of the home; a node without a hive is a member of its own.
///
/// Hears: watch_members, send_words (swarm); query_members, count_members, check_members,
///        drain_member, forget_member, confirm_majority, place_wish, list_wishes, withdraw_wish,
///        advertise, node_heard, query_rooms (from outside); link_up, dial_over, link_stale
///        (links); call_on (another node's peer); peer_linked, peer_lost, words_heard,
///        words_arrived, wishes_heard, holdings_heard, revocations_heard, checkup_heard (peers);
///        its own beat, look_around, checkup_overdue and reach_overdue.
/// Says:  carry, know_member, seen_again, link_wanted and the links' news (peers);
///        members_changed, words_arrived (swarm); narrate; take_pulse; list_stock (catalog); jobs
///        that wishes want (queue).
/// Never: waits for a socket or a disk, decides who is lost (core/cluster does), or works for a
///        job.

#include "actors/links.hpp"

#include <atomic>

namespace hive::actors {

struct cluster_deps {
  node_id self;
  std::string name;
  std::vector<std::string> labels;     ///< sorted
  std::vector<std::string> seeds;      ///< "host:port" of peers' ports
  std::vector<cluster::row_ptr> known; ///< of the last run
  /// It waits for nobody: it made the hive, or is in none.
  bool founds{true};
  std::uint64_t seed{0};
  /// Where it listens for peers, as other nodes reach it; kept over the group's restarts.
  std::shared_ptr<std::vector<std::string>> addresses{std::make_shared<std::vector<std::string>>()};
  /// The last one this node had; the next start of the cluster takes a greater one.
  std::shared_ptr<std::atomic<std::uint64_t>> incarnation{
      std::make_shared<std::atomic<std::uint64_t>>(0)};
  /// What the hive is to hold, as this node knew it last; kept over the group's restarts.
  std::shared_ptr<std::vector<cluster::desired_record>> wishes{
      std::make_shared<std::vector<cluster::desired_record>>()};
  std::shared_ptr<links> links_of; ///< null: in no hive
  narrator_actor narrator;
  pulse_actor pulse;
  catalog_actor catalog; ///< null: what this node holds is told to nobody
  open_rooms rooms;
};

cluster_actor spawn_cluster(caf::local_actor* parent, cluster_deps deps);

} // namespace hive::actors
