#pragma once
/// What the cluster, its peers and the peers of other nodes say to each other. Words of the first
/// part travel from node to node: numbered types, bounded, checked by whoever hears them.

#include "actors/members.hpp"
#include "core/base/ids.hpp"
#include "core/cluster/desired_state.hpp"
#include "core/cluster/holdings.hpp"
#include "core/cluster/membership.hpp"
#include "core/discovery/announcement.hpp"
#include "core/link/talk.hpp"
#include "core/trust/revocations.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

// From node to node.
/// A row of the member table.
struct row_words {
  cluster::profile who;
  std::uint64_t incarnation{0};
  std::uint32_t version{0};
  std::uint8_t life{0};
  bool draining{false};
  std::uint8_t disk_class{0};
  wall_time changed{};
  std::vector<cluster::sighting> sightings;
};
/// A message of core/cluster.
struct member_words {
  std::uint8_t kind{0}; ///< its place in cluster::message
  std::vector<row_words> news;
  std::vector<row_words> hearsay;
  std::optional<row_words> self;
  node_id target;
  std::vector<std::uint64_t> sums;
  std::uint64_t mask{0};
  bool answer{false};
};
/// Records of what the hive is to hold, and the sums of the sender's; empty sums: only records.
struct wish_words {
  std::vector<cluster::desired_record> records;
  std::vector<std::uint64_t> sums;
};
/// What members hold; sums as above.
struct holding_words {
  std::vector<cluster::holding> records;
  std::vector<std::uint64_t> sums;
};
/// "Dial me at the addresses I advertise", and the answer to it.
struct checkup_words {
  std::uint64_t ticket{0};
  bool answer{false};
  wall_time heard{}; ///< of an answer: when the question came, by the clock of who answers
  wall_time clock{}; ///< when this is said, by the same clock
  std::vector<dial_found> found;
};
struct revoked_words { ///< trust::revocation
  std::uint8_t what{0};
  std::string id;
  std::string reason;
  std::string signature;
  wall_time at{};
};
struct revocation_words {
  std::vector<revoked_words> list;
};
/// Words of the swarm: `words_arrived` at the other end.
struct swarm_words {
  std::uint16_t kind{0};
  std::string words;
};
/// All messages up to this one have been taken: what a sender may have under way is bounded.
struct words_taken {
  std::uint64_t count{0};
};

// Within a node.
struct link_up { ///< from the exchange, by way of the cluster
  std::shared_ptr<link::link_made> what;
};
struct dial_over {
  link::dial_ended what;
};
struct link_stale { ///< the peer has given up this link
  node_id who;
  link::link_book::number id{0};
};
struct link_closed { ///< from the wire
  link::link_book::number id{0};
  cluster::cause why{cluster::cause::none};
};
struct opening_overdue { ///< a peer to itself
  link::link_book::number id{0};
};
struct dial_due {}; ///< a peer to itself
struct carry {      ///< to a peer
  std::shared_ptr<const cluster::message> what;
};
struct carry_wishes {
  wish_words what;
};
struct carry_revocations {
  revocation_words what;
};
struct carry_holdings {
  holding_words what;
};
struct carry_checkup {
  checkup_words what;
};
struct know_member { ///< to a peer: it calls itself so now
  cluster::profile_ptr who;
};
struct seen_again {};  ///< to a peer: somebody reaches its member, a dial need not wait
struct link_wanted {}; ///< to a peer: somebody asks for its member
struct peer_linked;    ///< from a peer
struct peer_lost {
  node_id who;
  cluster::cause why{cluster::cause::none};
  std::string sentence; ///< may be empty
};
struct words_heard {
  node_id from;
  std::shared_ptr<const cluster::message> what;
};
struct wishes_heard {
  node_id from;
  wish_words what;
};
struct revocations_heard {
  node_id from;
  revocation_words what;
};
struct holdings_heard {
  node_id from;
  holding_words what;
};
struct checkup_heard {
  node_id from;
  checkup_words what;
};
struct beat { ///< the cluster to itself: its next wake-up
  std::chrono::milliseconds at{};
};
struct look_around {}; ///< the cluster to itself: seeds, free disk, wishes, revocations

// Questions to the cluster.
struct query_rooms {}; ///< of this node, by a program that has a link with it
struct query_members {};
struct advertise { ///< where this node listens for peers
  std::vector<std::string> addresses;
};
struct node_heard { ///< on the local network; nobody has verified it
  discovery::sighting what;
};
struct drain_member {
  node_id who;
  bool drains{true};
};
struct forget_member {
  node_id who;
  bool force{false};
};
/// By id or name, the own node as well. A member that there is no link with yet is dialled first:
/// so with the next two.
struct find_neighbour {
  std::string who;
};
struct list_neighbours {}; ///< the own node is not one
struct find_job {          ///< at other nodes
  job_id id;
};
/// Of a `find_job`: the dials, then the question.
inline constexpr std::chrono::seconds find_job_limit{3};
struct follow_job { ///< of another node: its events come to the own narrator until it ends
  job_id id;
  std::uint64_t after{0};
};
/// Where something is to be held. The same id again is the same wish.
struct place_wish {
  cluster::desired_record what;
};
struct wish_placed {
  std::vector<node_id> holders;  ///< best first; those in reach
  std::vector<std::string> away; ///< names of holders that are not in reach
};
/// No more: those who have begun to hold it give up, those who hold it keep it. Twice is fine.
/// errc::not_found.
struct withdraw_wish {
  std::string id;
};
struct list_wishes { ///< newest first
  std::size_t limit{0};
  std::string cursor; ///< the last one of the page before; empty: from the start
};
/// Before what destroys. errc::no_majority.
struct confirm_majority {};
struct count_members {};
struct check_members {}; ///< dials them all, and has them dial this node
struct checkup_overdue { ///< the cluster to itself
  std::uint64_t number{0};
};
struct reach_overdue { ///< the cluster to itself
  std::uint64_t number{0};
};
struct reconcile {};  ///< the cluster to itself
struct barred_found { ///< from the links
  std::shared_ptr<const trust::revocations> list;
};

} // namespace hive::actors
