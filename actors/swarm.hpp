#pragma once
/// The swarm: what this node fetches or holds, shared with the other nodes of the hive, so that a
/// content crosses the WAN once (docs/swarm.md). One `content_share` per content.
///
/// Hears: enter_cluster (supervisor); members_changed, words_arrived (cluster); begin_sharing,
///        piece_told, end_sharing (transfers); watch_sharing (shelf); piece_asked, piece_went,
///        piece_over (the piece server's thread); pieces_hashed; its own tick.
/// Says:  send_words, watch_members (cluster); piece_ordered, transfer_noted (transfers);
///        sharing_changed (shelf); find_blob (catalog); narrate.
/// Never: sees a byte of a content; counts on a word to arrive.

#include "actors/protocol.hpp"
#include "core/net/tls_rules.hpp"
#include "core/store/home.hpp"
#include "core/swarm/share.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace hive::actors {

/// Smaller ones are fetched by every node for itself: to ask around would take longer.
inline constexpr std::uint64_t smallest_shared = 256ull << 10;

/// Where the piece server's thread finds the present swarm.
class swarm_line {
 public:
  void open(swarm_actor who);
  void close();
  template <class Message>
  void send(Message m) {
    const std::lock_guard hold{mutex_};
    if (who_) post_message(std::move(m));
  }

 private:
  void post_message(piece_asked m);
  void post_message(piece_went m);
  void post_message(piece_over m);

  std::mutex mutex_;
  swarm_actor who_;
};

struct swarm_deps {
  store::home home;
  catalog_actor catalog;
  narrator_actor narrator;
  /// Counted over the group's restarts; any thread reads.
  std::shared_ptr<std::atomic<std::uint64_t>> bad_pieces{
      std::make_shared<std::atomic<std::uint64_t>>(0)};
  std::shared_ptr<swarm_line> line{std::make_shared<swarm_line>()};
  swarm::share_policy policy{};
  /// The piece server's; the first of the files that is there. Empty, as all below, for a node that
  /// is in no hive.
  std::function<void(std::uint64_t request, std::vector<std::filesystem::path> files,
                     byte_range where)>
      serve{};
  std::function<void(std::uint64_t request, errc why)> refuse{};
  /// How a connection to that node is opened.
  std::function<std::shared_ptr<const net::tls_rules>(const node_id&)> rules{};
  /// Hashes the pieces of a blob on a thread of its own, then calls from there; empty: unreadable.
  std::function<void(std::filesystem::path blob, swarm::piece_grid grid,
                     std::function<void(std::vector<swarm::piece_claim>)> then)>
      hash{};
};

swarm_actor spawn_swarm(caf::local_actor* parent, swarm_deps deps);

} // namespace hive::actors
