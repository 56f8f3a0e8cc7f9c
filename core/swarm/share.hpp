#pragma once
/// One content on one node that takes part in sharing it: reader, upload desk, lease and fetcher
/// put together. Whoever drives it tells it what happened and does the actions that come out. Pure;
/// one thread at a time.
///
/// It wants a tick every 50 to 250 ms. Everything it holds is bounded by the number of pieces and
/// of participants.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/swarm/action.hpp"
#include "core/swarm/fetcher.hpp"
#include "core/swarm/lease_keeper.hpp"
#include "core/swarm/manifest.hpp"
#include "core/swarm/reader.hpp"
#include "core/swarm/tally.hpp"
#include "core/swarm/upload_desk.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hive::swarm {

struct share_policy {
  lease_policy lease{};
  reader_policy reading{};
  upload_policy uploading{};
  fetch_policy fetching{};
  /// News of what is held is gathered for so long before neighbours hear it.
  std::chrono::milliseconds news{250};
  /// All that is held is told again, should a word have been lost.
  std::chrono::milliseconds reminder{std::chrono::seconds{10}};
  std::size_t claims_per_note{1024}; ///< 36 KiB
  /// A peer gets all that is held and claimed here no more often.
  std::chrono::milliseconds answers{std::chrono::seconds{1}};
};

struct share_setup {
  std::string content; ///< its key
  std::uint64_t size{0};
  node_id self;
  std::uint64_t seed{0}; ///< for ties between pieces and between peers
};

class share {
 public:
  /// As manifest::of.
  static result<share> open(share_setup setup, share_policy policy = {});

  /// Who takes part, this node included, and whether it can be reached. A peer whose connection was
  /// made anew is told again: it hears then all it may have missed.
  actions hear(const participant& who, time_point now);
  /// A peer's word. errc::bad_request for one that cannot be (the peer is at fault), not_found for
  /// one of a stranger; nothing has changed then.
  result<actions> hear(const node_id& from, const note& what, time_point now);

  // Pieces asked of peers.
  void came(const node_id& peer, piece_index piece, std::uint64_t bytes, time_point now);
  actions arrived(const node_id& peer, const piece_claim& what, time_point now);
  /// not_found, overloaded: the peer's answer; anything else counts as a stall.
  actions failed(const node_id& peer, piece_index piece, errc why, time_point now);

  // Pieces from the vendor.
  void fetching(piece_index piece, std::uint64_t bytes, time_point now);
  actions fetched(const piece_claim& what, time_point now);
  actions fetch_failed(piece_index piece, time_point now);
  /// The vendor cannot be asked from here any longer.
  actions give_up(const std::string& human, time_point now);

  /// A piece that was on this node's disk.
  actions found(const piece_claim& what, time_point now);
  /// What hashing the whole came to, after `check_whole`.
  actions checked_whole(bool right, time_point now);

  // Pieces peers ask for.
  actions asked(const node_id& peer, piece_index piece, time_point now);
  void went(const node_id& peer, piece_index piece, std::uint64_t bytes, time_point now);
  /// Over: `whole` when all of it was sent.
  actions served(const node_id& peer, piece_index piece, bool whole, time_point now);

  actions tick(time_point now);

  const reader& reading() const noexcept { return reader_; }
  const lease& who_fetches() const noexcept { return keeper_.now(); }
  bool confirmed() const noexcept { return reader_.words().state() == manifest_state::confirmed; }
  tally counts() const noexcept;

 private:
  share(share_setup setup, share_policy policy, manifest words);

  result<actions> hear_note(const node_id& from, const lease& what, time_point now);
  result<actions> hear_note(const node_id& from, const holds_pieces& what, time_point now);
  result<actions> hear_note(const node_id& from, const holds_more& what, time_point now);
  result<actions> hear_note(const node_id& from, const offers_piece& what, time_point now);
  result<actions> hear_note(const node_id& from, const claims_pieces& what, time_point now);
  result<actions> hear_note(const node_id& from, const asks_union& what, time_point now);
  result<actions> hear_note(const node_id& from, const keeps_waiting& what, time_point now);
  outcome check(const note& what) const;

  bool reachable(const node_id& who) const;
  void greet(const node_id& who, actions& out);
  void greet_all(actions& out);
  std::vector<node_id> others() const;
  std::vector<node_id> takers() const;
  void refresh_neighbours(actions& out);
  lack what_is_lacking() const;
  have_map told_openly() const;
  have_map elsewhere() const;

  void tell_claims(const std::vector<node_id>& to, const std::vector<piece_claim>& claims,
                   actions& out) const;
  void tell_news(time_point now, actions& out);
  void forget_under_way();
  /// The keeper's actions: with receivers, and what follows from a lease won or lost.
  actions settle_lease(bool was_mine, actions from_keeper, time_point now);
  /// After anything that changed: asks for more.
  actions go_on(actions so_far, time_point now);

  share_setup setup_;
  share_policy policy_;
  lease_keeper keeper_;
  reader reader_;
  upload_desk desk_;
  fetcher fetcher_;
  std::map<node_id, participant> participants_;
  std::vector<node_id> neighbours_;
  bool neighbours_stale_{true};
  have_map told_;                         ///< to neighbours
  std::vector<piece_claim> fresh_claims_; ///< of this owner, not told to all yet
  std::set<node_id> greeted_;
  bool distrusts_others_{
      false}; ///< the whole came out wrong once: only the owner's own word counts
  time_point told_at_{};
  time_point reminded_at_{};
  std::map<piece_index, std::uint64_t> under_way_; ///< bytes of pieces the vendor is sending
  std::map<node_id, time_point> answered_at_;      ///< what the swarm holds, to whom
  tally counts_;
};

} // namespace hive::swarm
