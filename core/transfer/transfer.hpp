#pragma once
/// Fetching one content: lanes pull pieces, bytes go to disk and through the hash, the journal
/// follows, and in the end the blob stands. One service per node.
///
/// Path of a byte: curl's callback (loop thread) copies it into an aligned block of one fixed pool
/// → the disk thread writes the block at its offset → the hash thread consumes the same memory
/// while it continues the prefix, else the block is given back and re-read when the prefix arrives
/// → the pool. An empty pool pauses lanes. No actor and no mailbox sees a byte.

#include "core/artifact/plan.hpp"
#include "core/job/progress.hpp"
#include "core/job/retry.hpp"
#include "core/net/engine.hpp"
#include "core/store/home.hpp"
#include "core/transfer/piece_news.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hive::transfer {

struct service_options {
  std::size_t pool_blocks{48}; ///< of 1 MiB: the memory of bodies, and one more per lane above 16
  std::size_t lanes_per_file{16};
  std::size_t lanes_per_origin{16};
  std::size_t lanes_total{64};
  std::uint64_t flush_bytes{64ull << 20}; ///< at most this much unclaimed data per file
  std::chrono::milliseconds flush_every{std::chrono::seconds{5}};
  std::chrono::milliseconds stall{std::chrono::seconds{15}}; ///< no byte on a lane: re-dialled
  retry_policy retry;
  std::uint64_t disk_reserve{256ull << 20};
};

/// What to fetch. `limits` name the buckets (one per job, see `service::limit`) the bytes are
/// charged to.
struct order {
  plan_file file;
  std::shared_ptr<const net::keyring> keys;
  std::vector<std::string> limits;
  std::vector<refusal_rule> refusals{}; ///< of the plan
  /// Other nodes want the content, too: nothing is fetched but what `ticket::follow` says. Only
  /// with an expected digest and a known size.
  bool shared{false};
};

/// A landmark worth telling, for the narrator: action word, sentence, fields; never secret.
struct note {
  std::string
      action; ///< "resumed", "lane-retry", "link-refreshed", "range-ignored", "restarted", …
  bool warning{false};
  std::string human;
  std::vector<std::pair<std::string, std::string>> fields;
};

struct update {
  byte_counts counts;
  std::optional<std::uint64_t> total;
  std::size_t lanes{0};
  std::string phase; ///< "connecting", "fetching", "verifying", "committing"
  friend bool operator==(const update&, const update&) = default;
};

/// One connection of a transfer, as it is now.
struct lane_sight {
  std::uint64_t number{0};
  std::string origin;   ///< where it asks, "https://host:443"
  std::string server;   ///< address that answered; empty before
  std::uint64_t at{0};  ///< next byte of the file it wants
  std::uint64_t end{0}; ///< of its piece; UINT64_MAX while unknown
  double rate{0};       ///< bytes/s
  std::chrono::milliseconds age{0};
};

/// What a transfer is doing.
struct sight {
  update now;
  std::vector<lane_sight> lanes;
  std::uint64_t pieces_waiting{0}; ///< nobody fetches them yet
  std::string waits;               ///< for another try or a lane: why; empty while it does not wait
  std::string origin;              ///< whom the next lane asks
};

/// A blob that stands.
struct arrival {
  std::string sha256;
  std::uint64_t size{0};
  std::uint64_t resumed{0}; ///< bytes that were already here
};

/// All called on the loop thread; `on_update` at most 4 times a second and once before the end.
struct listener {
  std::function<void(const update&)> on_update;
  std::function<void(const note&)> on_note;
  std::function<void(result<arrival>)> on_end; ///< exactly once, unless stopped
  std::function<void(piece_news)> on_piece{};  ///< of a shared transfer
};

enum class leftover : std::uint8_t { keep, purge };

class service;

/// A running transfer. Destroying it (any thread) stops it and keeps the partial.
class ticket {
 public:
  ticket() = default;
  ~ticket();
  ticket(ticket&&) noexcept;
  ticket& operator=(ticket&&) noexcept;

  /// Closes every socket at once, then (keep) writes and claims what has arrived or (purge) removes
  /// the partial; `on_stopped` (loop thread) when sockets and file handles are closed, also when
  /// the transfer had ended before; not when the service was destroyed before. The listener hears
  /// nothing from here on (called from another thread than the loop's: but for a call under way).
  /// The ticket is spent.
  void stop(leftover what, std::function<void()> on_stopped);
  /// `tell` (loop thread): what it is doing; not called when it is over.
  void look(std::function<void(sight)> tell) const;
  /// Of a shared transfer, from `pieces_ready` on.
  void follow(piece_order what);
  /// Whom the bytes are charged to from now on.
  void charge(std::vector<std::string> limits);
  explicit operator bool() const noexcept { return state_ != nullptr; }

 private:
  friend class service;
  struct state;
  std::shared_ptr<state> state_;
};

struct service_counts {
  std::uint64_t bytes_received{0};
  std::uint64_t bytes_discarded{0};
  std::uint64_t bytes_adopted{0}; ///< of contents that lay in other programs' stores
  std::uint64_t bytes_durable{0};
  std::uint64_t bytes_wan{0};   ///< of those received: from vendors
  std::uint64_t bytes_peers{0}; ///< from nodes of the hive, beside those received
  std::uint64_t transfers_open{0};
  std::uint64_t lanes_open{0};
  std::uint64_t pool_free{0};
  std::uint64_t lane_retries{0};
};

/// Thread-safe. Must be destroyed before the engine it uses.
class service {
 public:
  service(net::engine& engine, store::home where, service_options options);
  ~service();
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  ticket start(order what, listener ears);
  /// Bytes per second of one bucket ("" is the whole node's); 0 lifts it. A transfer charged to
  /// several jobs' buckets is held by the most generous of them, and always by the node's. Live.
  void limit(const std::string& bucket, std::uint64_t bytes_per_second);
  /// Lanes of all transfers together from now on; at least 1. Live.
  void limit_lanes(std::size_t most);
  /// Runs a blocking call on the disk thread (stat, list); its queue is bounded by its callers.
  /// `what` as in `worker::post`.
  void on_disk_thread(const char* what, std::function<void()> call);
  /// A sentence about a thread that every transfer needs (disk, hash, network) and that has been at
  /// one thing for so long; empty when there is none. Any thread.
  std::string held_up(std::chrono::milliseconds longest) const;
  service_counts counts() const noexcept;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace hive::transfer
