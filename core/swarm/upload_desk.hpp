#pragma once
/// The side of one node that serves a content's pieces: eight at a time, fair among those who ask,
/// pieces nobody else has yet before all others. How fast bytes go is the caller's bucket. Pure.

#include "core/base/ids.hpp"
#include "core/swarm/action.hpp"
#include "core/swarm/have_map.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace hive::swarm {

struct upload_policy {
  std::size_t slots{8};
  /// For others than the first pieces while this node fetches: what is new shall neither wait nor
  /// crawl. One request uses what the link has left.
  std::size_t slots_while_fetching{1};
  std::size_t asks_per_peer{9}; ///< open ones; more are refused
  std::size_t askers{1024};
  /// Those in line hear that often that this node lives.
  std::chrono::milliseconds word{std::chrono::seconds{1}};
  /// A slot whose peer takes no byte for so long is given to the next.
  std::chrono::milliseconds stall{std::chrono::seconds{10}};
};

class upload_desk {
 public:
  explicit upload_desk(upload_policy policy = {}) : policy_(policy) {}

  /// Whether this node is the one that fetches.
  void fetches(bool now) noexcept { fetches_ = now; }
  /// A peer requests a piece. Refused unless it is in `have`: not_found. `first` are the pieces
  /// that go before others.
  actions asked(const node_id& peer, piece_index piece, const have_map& have, const have_map& first,
                time_point now);
  /// Bytes of a served piece have gone.
  void went(const node_id& peer, piece_index piece, std::uint64_t bytes, time_point now);
  /// The request is over: all sent, failed, or abandoned by the peer.
  actions over(const node_id& peer, piece_index piece, const have_map& first, time_point now);
  /// Every request of this peer is.
  actions lose(const node_id& peer, const have_map& first, time_point now);
  actions tick(const have_map& first, time_point now);

  std::size_t serving() const noexcept { return served_.size(); }
  std::size_t waiting() const noexcept;
  /// Bytes that have gone to peers.
  std::uint64_t went() const noexcept { return went_; }

 private:
  struct slot {
    node_id peer;
    piece_index piece;
    time_point moved_at;
  };
  struct asker {
    std::uint64_t had{0}; ///< bytes, comparable among those present
    std::deque<piece_index> line;
  };

  std::size_t slots_of(const node_id& peer) const;
  bool may_serve_others(const have_map& first) const;
  bool is_served(const node_id& peer, piece_index piece) const;
  std::uint64_t least_had() const;
  bool grant(const have_map& first, time_point now, actions& out);
  actions grant_all(const have_map& first, time_point now);
  void drop_idle();

  upload_policy policy_;
  std::map<node_id, asker> askers_;
  std::vector<slot> served_;
  bool fetches_{false};
  std::uint64_t went_{0};
  time_point told_at_{};
};

} // namespace hive::swarm
