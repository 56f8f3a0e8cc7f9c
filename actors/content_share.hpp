#pragma once
/// One content this node fetches or holds, shared with other nodes: drives a `swarm::share` and
/// does its actions through hands it is given. No actor; used by the swarm's alone.
///
/// Its transfer brings pieces and checks them; whoever holds a blob of it serves from that.

#include "core/swarm/share.hpp"
#include "core/swarm/word.hpp"
#include "core/transfer/piece_news.hpp"
#include "core/transfer/transfer.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hive::actors {

/// What a shared content wants done.
class sharing_hands {
 public:
  virtual ~sharing_hands() = default;
  virtual void say(const std::vector<node_id>& to, const std::string& key, std::uint64_t size,
                   const swarm::saying& what) = 0;
  /// To everybody in reach.
  virtual void announce(const std::string& key, std::uint64_t size, const swarm::saying& what) = 0;
  /// To the content's transfer.
  virtual void order(const std::string& key, transfer::piece_order what) = 0;
  /// Asks the peer for the piece; false when nobody knows where it is.
  virtual bool request(const std::string& key, const swarm::ask_piece& what) = 0;
  virtual void serve(const std::string& key, std::uint64_t request, byte_range where) = 0;
  virtual void refuse(std::uint64_t request, errc why) = 0;
  virtual void narrate(const std::string& key, transfer::note what) = 0;
  virtual void bad_piece() = 0;
};

class content_share {
 public:
  using time_point = swarm::time_point;
  enum class role : std::uint8_t {
    opening,  ///< its transfer looks at what is here
    fetching, ///< a transfer is at it
    hashing,  ///< it is whole, the hashes of its pieces are not known yet
    holding,  ///< it is whole
  };

  static result<content_share> open(swarm::share_setup setup, swarm::share_policy policy, role as,
                                    sharing_hands& hands);

  role now() const noexcept { return role_; }
  std::uint64_t size() const noexcept { return setup_.size; }
  const swarm::share& share() const noexcept { return share_; }
  /// All pieces are here, and their hashes are those of the content.
  bool confirmed() const noexcept { return share_.confirmed(); }

  /// How a member of the hive stands; nothing happens unless it takes part.
  void member(const node_id& who, swarm::reach standing, time_point now);
  void hear(const node_id& from, const swarm::saying& what, time_point now);
  /// From its transfer.
  void hear(const transfer::piece_news& what, time_point now);
  /// Its blob stands, with these pieces.
  void hashed(const std::vector<swarm::piece_claim>& pieces, time_point now);
  /// Its transfer is over, and the blob stands.
  void settled(time_point now);

  // Requests of peers.
  void asked(const node_id& peer, swarm::piece_index piece, std::uint64_t request, time_point now);
  void went(std::uint64_t request, std::uint64_t bytes, time_point now);
  void over(std::uint64_t request, bool whole, time_point now);

  void tick(time_point now);
  /// A holder nobody has asked for anything for a while.
  bool idle(time_point now) const noexcept;
  /// Says that nothing is to be had here any more.
  void close();

 private:
  using key = std::pair<node_id, swarm::piece_index>;

  content_share(swarm::share_setup setup, role as, sharing_hands& hands, swarm::share share);

  void begin(time_point now);
  void meet(const node_id& who, const swarm::takes_part& said, time_point now);
  void join_self(time_point now);
  bool may_fetch(time_point now) const;
  void despair_if_hopeless(time_point now);
  void perform(swarm::actions what, time_point now);
  void take(const transfer::piece_here& what, time_point now);
  void take(const transfer::pieces_ready&, time_point now) { begin(now); }
  void take(const transfer::source_bytes& what, time_point now);
  void take(const transfer::source_piece& what, time_point now);
  void take(const transfer::source_lost& what, time_point now);
  void take(const transfer::peer_bytes& what, time_point now);
  void take(const transfer::peer_piece& what, time_point now);
  void take(const transfer::peer_lost& what, time_point now);
  void take(const transfer::whole_checked& what, time_point now);
  void take(const transfer::sharing_over&, time_point) {} ///< whoever owns it closes it

  void act(const swarm::tell& a, time_point now);
  void act(const swarm::ask_piece& a, time_point now);
  void act(const swarm::drop_piece& a, time_point now);
  void act(const swarm::serve_piece& a, time_point now);
  void act(const swarm::refuse_piece& a, time_point now);
  void act(const swarm::fetch_piece& a, time_point now);
  void act(const swarm::stop_fetching& a, time_point now);
  void act(const swarm::keep_piece& a, time_point now);
  void act(const swarm::forget_piece& a, time_point now);
  void act(const swarm::bar_peer& a, time_point now);
  void act(const swarm::check_whole& a, time_point now);
  void act(const swarm::lease_changed& a, time_point now);

  swarm::share_setup setup_;
  role role_;
  sharing_hands* hands_;
  swarm::share share_;
  std::map<node_id, swarm::reach> participants_;
  std::map<node_id, time_point> preparing_; ///< whole there, and soon to be had
  std::map<key, std::uint64_t> requests_;   ///< of peers, that are open
  std::vector<swarm::ask_piece> unasked_;   ///< nobody knew where; told at the next tick
  std::set<node_id> complained_;            ///< of whose words it was told that they are none
  std::optional<failure> no_source_;
  bool could_fetch_{false};
  time_point began_{};
  time_point hope_at_{};  ///< last sign that the content will come, without a source of its own
  time_point asked_at_{}; ///< by a peer, for anything
  time_point announced_at_{};
};

} // namespace hive::actors
