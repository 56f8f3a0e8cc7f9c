#pragma once
/// The pieces of a content that other nodes want, too: brings from sources and peers what it is
/// told to, hashes each, and tells. A piece of a peer counts only once it is to be kept. Loop
/// thread only.
///
/// A piece may be on its way from two peers at once, both writing to its place. The first to have
/// sent all of it ends the other; what then is on the disk is hashed, so that no byte of the other
/// counts for the first.

#include "core/swarm/have_map.hpp"
#include "core/transfer/assembly.hpp"
#include "core/transfer/crew.hpp"
#include "core/transfer/peer_lane.hpp"
#include "core/transfer/piece_news.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace hive::transfer {

class shared_pieces {
 public:
  shared_pieces(std::shared_ptr<facility> means, std::shared_ptr<assembly> whole, crew& lanes,
                tally& counts, swarm::piece_grid grid, std::function<void(piece_news)> tell);

  /// Hashes what is here, and tells it.
  void begin();
  void follow(const piece_order& what);
  void tell(piece_news what);

  /// What sources need not bring: it is written, or not wanted of them.
  range_set settled() const;
  void received(std::uint64_t bytes) noexcept { from_source_ += bytes; }
  void written(byte_range range);
  /// All that was here is thrown away.
  void start_over();
  void tick();

 private:
  struct arrived_piece {
    std::uint64_t bytes;
  };
  struct open_lane {
    std::shared_ptr<peer_lane> lane;
    std::uint64_t untold{0};
  };
  struct coming_piece {
    std::map<node_id, open_lane> lanes;
    bool contested{false};     ///< two peers have written to its place
    std::uint64_t received{0}; ///< of the peer that is ahead: no byte counts twice

    std::uint64_t ahead() const;
  };

  void act(const swarm::fetch_piece& what);
  void act(const swarm::stop_fetching&);
  void act(const ask_peer& what);
  void act(const swarm::drop_piece& what);
  void act(const swarm::keep_piece& what);
  void act(const swarm::forget_piece& what);
  void act(const despair&) {}

  void hash_from(swarm::piece_index first);
  void hash(swarm::piece_index piece);
  void open(const ask_peer& what);
  void come(const swarm::ask_piece& from, const std::string& hex);
  void compare(const swarm::ask_piece& from, const std::string& hex);
  void arrive(const swarm::ask_piece& from, const std::string& hex);
  void count(const swarm::ask_piece& from, std::uint64_t bytes);
  void lose_lane(const swarm::ask_piece& which);
  void lose_bytes(std::uint64_t bytes);
  void lose(swarm::piece_index piece);
  void forget_written(byte_range range);
  peer_lane::ears ears_of(const swarm::ask_piece& what);

  std::shared_ptr<facility> means_;
  std::shared_ptr<assembly> whole_;
  crew& crew_;
  tally& counts_;
  swarm::piece_grid grid_;
  std::function<void(piece_news)> tell_;
  swarm::have_map wanted_; ///< of the sources
  std::uint64_t from_source_{0};
  std::map<swarm::piece_index, coming_piece> coming_;
  std::set<swarm::piece_index> comparing_; ///< being hashed on the disk
  swarm::have_map alone_; ///< came out mixed once: asked of one peer at a time from then on
  std::map<swarm::piece_index, arrived_piece> arrived_;       ///< from peers, not to be kept yet
  std::vector<peer_lost> refused_;                            ///< told at the next tick
  std::shared_ptr<bool> alive_{std::make_shared<bool>(true)}; ///< for calls that may come late
};

} // namespace hive::transfer
