#pragma once
/// The peer of one member: keeps this node's link with it. Dials when there is something to say
/// or somebody asks for it, waits longer after each failure, and knows why the last one was.
///
/// Hears: carry, carry_wishes, carry_revocations, carry_holdings, carry_checkup, send_words,
///        know_member, seen_again, link_wanted and what happens to links (cluster);
///        link_closed (wire);
///        call_on, call_answered, member_words, swarm_words, wish_words, revocation_words,
///        holding_words, checkup_words, words_taken (the peer at the other end); its own dial_due
///        and opening_overdue.
/// Says:  peer_linked, peer_lost, words_heard, words_arrived, wishes_heard, revocations_heard,
///        holdings_heard, checkup_heard (cluster); words to the other end.
/// Never: holds more than a few words for a member without a link, or sends more than 256 that
///        nobody has taken.

#include "actors/links.hpp"

namespace hive::actors {

struct peer_deps {
  cluster::profile_ptr who; ///< the member; its id never changes
  node_id self;
  cluster_actor cluster;
  std::shared_ptr<links> links_of;
  open_rooms rooms;
  std::uint64_t seed{0};
};

peer_actor spawn_peer(caf::local_actor* parent, peer_deps deps);

} // namespace hive::actors
