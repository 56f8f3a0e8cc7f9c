#pragma once
/// What the classes of this room want done. They never do it themselves: whoever drives them sends
/// the notes, opens the requests and tells what came of it.

#include "core/base/errc.hpp"
#include "core/base/ids.hpp"
#include "core/swarm/lease.hpp"
#include "core/swarm/manifest.hpp"
#include "core/swarm/piece_grid.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hive::swarm {

// What nodes tell each other, as messages. Bytes of pieces never travel like this.

/// All the teller holds, verified: the form of have_map's `encode`.
struct holds_pieces {
  std::string map;
  bool answer{false}; ///< to `asks_union`
  friend bool operator==(const holds_pieces&, const holds_pieces&) = default;
};
/// More of it, of late.
struct holds_more {
  std::vector<piece_index> pieces;
  friend bool operator==(const holds_more&, const holds_more&) = default;
};
/// A piece so new that the one told should have it first, to pass it on.
struct offers_piece {
  piece_claim what;
  friend bool operator==(const offers_piece&, const offers_piece&) = default;
};
/// Hashes of pieces; the owner's word in its epoch, or an answer to `asks_union`.
struct claims_pieces {
  std::uint64_t epoch{0};
  std::vector<piece_claim> claims;
  friend bool operator==(const claims_pieces&, const claims_pieces&) = default;
};
/// Asks for `claims_pieces` and `holds_pieces`.
struct asks_union {
  friend bool operator==(const asks_union&, const asks_union&) = default;
};
/// The requests for these are in line at the teller: it lives.
struct keeps_waiting {
  std::vector<piece_index> pieces;
  friend bool operator==(const keeps_waiting&, const keeps_waiting&) = default;
};
using note = std::variant<lease, holds_pieces, holds_more, offers_piece, claims_pieces, asks_union,
                          keeps_waiting>;

// Actions.

/// Send this to each of them, as a message.
struct tell {
  std::vector<node_id> to;
  note what;
};
/// Request the piece from the peer; its first byte may take a while.
struct ask_piece {
  node_id peer;
  piece_index piece;
  friend bool operator==(const ask_piece&, const ask_piece&) = default;
};
/// Abandon that request.
struct drop_piece {
  node_id peer;
  piece_index piece;
  friend bool operator==(const drop_piece&, const drop_piece&) = default;
};
/// Send the piece to the peer that requested it.
struct serve_piece {
  node_id peer;
  piece_index piece;
  friend bool operator==(const serve_piece&, const serve_piece&) = default;
};
/// Answer the peer's request with an error.
struct refuse_piece {
  node_id peer;
  piece_index piece;
  errc why;
  friend bool operator==(const refuse_piece&, const refuse_piece&) = default;
};
/// Fetch the piece from the vendor.
struct fetch_piece {
  piece_index piece;
  friend bool operator==(const fetch_piece&, const fetch_piece&) = default;
};
/// Abandon all of that.
struct stop_fetching {
  friend bool operator==(const stop_fetching&, const stop_fetching&) = default;
};
/// The piece is right: claim it in the journal, let it be used.
struct keep_piece {
  piece_index piece;
  node_id from; ///< this node itself: from the vendor, or it was here
  friend bool operator==(const keep_piece&, const keep_piece&) = default;
};
/// What has come, or was kept, has another hash than the claimed one: the piece is to be fetched
/// again. Without this word it is not asked for while it is here.
struct forget_piece {
  piece_index piece;
  friend bool operator==(const forget_piece&, const forget_piece&) = default;
};
/// Nothing is asked of the peer until then.
struct bar_peer {
  node_id peer;
  errc why; ///< digest_mismatch, timed_out, conflict
  piece_index piece;
  time_point until;
  std::string human; ///< one sentence
  friend bool operator==(const bar_peer&, const bar_peer&) = default;
};
/// Every piece is here: hash the whole, then tell.
struct check_whole {
  friend bool operator==(const check_whole&, const check_whole&) = default;
};
/// For people and events: what has become of the lease, and why.
struct lease_changed {
  lease now;
  std::string human; ///< one sentence
  friend bool operator==(const lease_changed&, const lease_changed&) = default;
};
using action =
    std::variant<tell, ask_piece, drop_piece, serve_piece, refuse_piece, fetch_piece, stop_fetching,
                 keep_piece, forget_piece, bar_peer, check_whole, lease_changed>;
using actions = std::vector<action>;

/// Puts what comes after at the end.
inline void append(actions& to, actions more) {
  for (auto& next : more) to.push_back(std::move(next));
}

} // namespace hive::swarm
