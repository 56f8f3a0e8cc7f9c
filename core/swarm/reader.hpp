#pragma once
/// The side of one node that gets a content's pieces from peers: which piece, from whom, and when
/// that takes too long. Also what is here and right: nothing is kept, used or told to others before
/// its hash is the claimed one. Pure.
///
/// The rarest piece comes first, ties at random; it is asked of one of the two fastest peers that
/// hold it. A request that brings nothing for 3 s goes to another peer, which is held against the
/// first one only if it did not say that the request is in line; the last three pieces are asked of
/// two.

#include "core/base/ids.hpp"
#include "core/swarm/action.hpp"
#include "core/swarm/manifest.hpp"
#include "core/swarm/peer_book.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace hive::swarm {

struct reader_policy {
  /// Without a byte, or a word that the request is in line. In line it waits so long, too, as long
  /// as somebody else could be asked: an owner that always has something new to give away lets
  /// others wait without end.
  std::chrono::milliseconds stall{std::chrono::seconds{3}};
  /// So few lacking pieces are asked of two peers at once.
  piece_index endgame{3};
  peer_policy peers{};
};

class reader {
 public:
  /// `seed`: for ties.
  reader(node_id self, manifest words, std::uint64_t seed, reader_policy policy = {});

  const manifest& words() const noexcept { return words_; }
  /// What is here, verified.
  const have_map& have() const noexcept { return have_; }
  const peer_book& peers() const noexcept { return peers_; }
  bool complete() const noexcept { return have_.full(); }
  std::uint64_t bytes_here() const noexcept { return bytes_here_; }
  /// Bytes that came from peers, and those of them that were of no use.
  std::uint64_t came() const noexcept { return came_; }
  std::uint64_t wasted() const noexcept { return wasted_; }
  /// Asked of a peer just now.
  bool is_asked(piece_index piece) const { return asks_.contains(piece); }

  // What is known.
  /// `from` says what the hash is. Whoever calls this has made sure that it may. A claim that
  /// differs from an earlier one forgets the piece; against a confirmed manifest it bars `from`.
  actions claim(const node_id& from, const piece_claim& what, time_point now);
  /// The hashes `peer` claimed do not make the content: bars it.
  actions blame(const node_id& peer, time_point now);
  /// The whole has been hashed. When it is wrong every claim is forgotten, and every piece.
  actions settle(bool right);
  void holds(const node_id& peer, const have_map& all);
  void holds(const node_id& peer, piece_index piece);
  /// The peer wants this one to have the piece first: it is asked for at once, whatever else is
  /// asked of the peer.
  actions offered(const node_id& peer, piece_index piece, time_point now);
  /// The connection, or the peer, is gone; it may come back.
  actions lose(const node_id& peer);

  // What comes.
  /// Bytes of a piece that was asked for.
  void came(const node_id& peer, piece_index piece, std::uint64_t bytes, time_point now);
  /// The peer says that the request is in line.
  void waits(const node_id& peer, piece_index piece, time_point now);
  /// A whole piece, hashed here. One that nobody asked for, or asks for any more, counts if it is
  /// right.
  actions arrived(const node_id& peer, const piece_claim& what, time_point now);
  actions failed(const node_id& peer, piece_index piece, errc why, time_point now);
  /// From the vendor, or found on this node's disk: its hash is this node's own word if there is
  /// none yet (`may_claim`); otherwise it has to match, now or once the claim is heard.
  actions found(const piece_claim& what, bool may_claim, time_point now);
  /// What was found and nobody has claimed: to be claimed by this node, when it is the owner.
  std::vector<piece_claim> unclaimed() const;

  actions tick(time_point now);
  /// Asks for what can be asked for. To be called after anything above has changed something.
  actions fill(time_point now);

 private:
  struct request {
    node_id peer;
    time_point asked_at;
    time_point heard_at; ///< last byte or word
    std::uint64_t came{0};
  };
  using requests = std::vector<request>;

  void ask(const node_id& peer, piece_index piece, time_point now, actions& out);
  request* open_request(const node_id& peer, piece_index piece);
  bool close(const node_id& peer, piece_index piece, bool of_use = false);
  actions close_all(const node_id& peer);
  void drop_others(piece_index piece, actions& out);
  void keep(piece_index piece, const node_id& from, actions& out);
  void bar(const node_id& peer, piece_index piece, errc why, std::string human, time_point now,
           actions& out);
  void stall(const node_id& peer, piece_index piece, time_point now, actions& out);
  bool could_ask_another(const node_id& than, piece_index piece) const;
  std::size_t requests_per_piece() const;
  std::optional<piece_index> choose_piece(const have_map& to_be_had);
  std::optional<node_id> choose_peer(piece_index piece);

  node_id self_;
  manifest words_;
  reader_policy policy_;
  have_map have_;
  std::uint64_t bytes_here_{0};
  std::uint64_t came_{0};
  std::uint64_t wasted_{0};
  peer_book peers_;
  std::map<piece_index, requests> asks_;
  std::map<piece_index, node_id> stalled_by_;   ///< who was last too slow with it
  std::map<piece_index, piece_hash> unclaimed_; ///< found here, nobody has told its hash yet
  std::mt19937_64 random_;
};

} // namespace hive::swarm
