#pragma once
/// What a reader knows of the peers of one content: what they hold, how fast they are, and who is
/// barred. Pure.

#include "core/base/ids.hpp"
#include "core/swarm/have_map.hpp"
#include "core/swarm/piece_grid.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace hive::swarm {

struct peer_policy {
  std::chrono::milliseconds bar{std::chrono::seconds{30}};
  int stalls{3}; ///< in a row, before a peer is barred
  std::size_t fewest_asks{3};
  std::size_t most_asks{5};   ///< of a peer among the fastest two
  std::size_t most_offers{4}; ///< asked for beside
  std::chrono::milliseconds rate_window{500};
};

class peer_book {
 public:
  peer_book(piece_index count, peer_policy policy) : count_(count), policy_(policy) {}

  struct peer {
    have_map holds;
    std::size_t asks{0}; ///< requests that are open
    int stalls{0};       ///< in a row
    std::optional<time_point> barred_until;
    std::optional<double> rate; ///< bytes per second while something was asked of it, if measured
    std::uint64_t came{0};      ///< in this window
    std::optional<time_point> window_began;
  };

  peer& of(const node_id& id);
  const peer* find(const node_id& id) const;
  const std::map<node_id, peer>& all() const noexcept { return peers_; }

  void holds(const node_id& id, const have_map& all);
  /// Whether that is new.
  bool holds(const node_id& id, piece_index piece);
  void forget(const node_id& id);
  void forget_holdings(const node_id& id);

  void asked(const node_id& id, time_point now);
  /// A request is over, however.
  void answered(const node_id& id);
  void came(const node_id& id, std::uint64_t bytes);
  void measure(time_point now);

  bool barred(const node_id& id) const;
  time_point bar(const node_id& id, time_point now);
  /// Whether it is one too many.
  bool stalled(const node_id& id);
  /// Whether somebody's time is over.
  bool lift_bars(time_point now);

  bool has_room_for_offer(const peer& who) const {
    return !who.barred_until && who.asks < policy_.most_asks + policy_.most_offers;
  }
  /// Whether one more request may be sent.
  bool has_room(const peer& who) const;
  /// How many peers hold the piece, barred ones included.
  std::uint32_t copies(piece_index piece) const noexcept { return copies_[piece]; }
  /// What the peers that are not barred hold together.
  have_map union_of_usable() const;
  /// What those hold that may be asked for one more.
  have_map union_of_free() const;

 private:
  bool among_fastest(const peer& who) const;
  void count(const have_map& holds, int by);

  piece_index count_;
  peer_policy policy_;
  std::map<node_id, peer> peers_;
  std::vector<std::uint32_t> copies_ = std::vector<std::uint32_t>(count_);
};

} // namespace hive::swarm
