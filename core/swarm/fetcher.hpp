#pragma once
/// The side of the lease's owner: what it fetches from the vendor, and how what is new leaves it.
/// Pure.
///
/// It first asks everybody what they hold, so that nothing is fetched that is in the swarm. Then it
/// has at most a window of four pieces that nobody else has, under way or here, as long as somebody
/// takes them: so its death costs a window. Each new piece is offered to one peer that lacks it,
/// and told to all others only once it has left: so none leaves twice before all have left once.

#include "core/base/ids.hpp"
#include "core/swarm/action.hpp"
#include "core/swarm/have_map.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace hive::swarm {

struct fetch_policy {
  std::size_t window{4};
  /// Under way at once while somebody takes pieces: the others of the window are leaving meanwhile.
  std::size_t lanes{2};
  /// For everybody's answer to what they hold.
  std::chrono::milliseconds answers{std::chrono::seconds{1}};
  /// When no peer takes a byte for so long, the vendor's bytes are not held back for them.
  std::chrono::milliseconds patience{std::chrono::seconds{3}};
  /// A piece that was not taken for so long is offered to another peer: four times what the
  /// quickest peer took, between these.
  std::chrono::milliseconds shortest_offer{500};
  std::chrono::milliseconds longest_offer{std::chrono::seconds{3}};
};

class fetcher {
 public:
  explicit fetcher(piece_index count, fetch_policy policy = {});

  /// The lease is this node's: yields the question to `others`.
  actions begin(const std::vector<node_id>& others, time_point now);
  /// It is not any more. What is offered is told to all from now on.
  void end();
  bool active() const noexcept { return active_; }
  /// Whether it waits for what others hold.
  bool collects(time_point now) const {
    return active_ && !awaited_.empty() && now - began_at_ < policy_.answers;
  }
  /// Whether `next` could yield anything now.
  bool has_room() const noexcept { return active_ && under_way_.held() < policy_.window; }

  /// The peer has told what it holds, or is lost.
  void answered(const node_id& peer) { awaited_.erase(peer); }
  /// The piece came; `takers` are the peers that could have it next.
  actions landed(const piece_claim& what, const std::vector<node_id>& takers, time_point now);
  void failed(piece_index piece) { under_way_.remove(piece); }
  /// A peer has the piece, whole.
  void passed_on(piece_index piece, time_point now);
  /// Bytes go to peers.
  void moves(time_point now) { moved_at_ = now; }
  /// What to fetch next. `had` is here, `elsewhere` is to be had from peers.
  actions next(const have_map& had, const have_map& elsewhere, bool somebody_takes, time_point now);
  /// Offers again what was not taken.
  actions tick(const std::vector<node_id>& takers, time_point now);

  /// Pieces on offer: they go before others, and only the one they are offered to knows of them.
  const have_map& hidden() const noexcept { return hidden_; }
  const have_map& under_way() const noexcept { return under_way_; }
  /// Pieces that would be lost with this node.
  std::size_t exposed() const noexcept { return under_way_.held() + hidden_.held(); }

 private:
  struct offer {
    piece_claim what;
    node_id to;
    time_point at;
    std::set<node_id> tried;
  };

  std::chrono::milliseconds expected(const node_id& taker) const;
  std::chrono::milliseconds offer_time() const;
  const node_id* choose_taker(const offer& open, const std::vector<node_id>& takers) const;
  bool wants_another(bool held_back) const;
  bool give(offer& open, const std::vector<node_id>& takers, time_point now, actions& out);

  fetch_policy policy_;
  bool active_{false};
  have_map under_way_;
  have_map hidden_;
  std::map<piece_index, offer> offers_;
  std::map<node_id, std::chrono::milliseconds> took_; ///< for the last piece it was offered
  std::set<node_id> awaited_;
  time_point began_at_{};
  time_point moved_at_{};
};

} // namespace hive::swarm
