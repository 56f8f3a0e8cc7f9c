#pragma once
/// What the transfers of one service share: the engine, the disk and hash threads, the block pool,
/// the bandwidth limits and the lanes. Loop thread only, but for `doors`, the workers and
/// `counters`.

#include "core/limits/bandwidth.hpp"
#include "core/net/engine.hpp"
#include "core/store/home.hpp"
#include "core/transfer/block_pool.hpp"
#include "core/transfer/gate.hpp"
#include "core/transfer/lane_pool.hpp"
#include "core/transfer/transfer.hpp"
#include "core/transfer/worker.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace hive::transfer {

class lane;
class file_transfer;

/// Of the whole service; readable from any thread.
struct counters {
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> discarded{0};
  std::atomic<std::uint64_t> adopted{0};
  std::atomic<std::uint64_t> durable{0};
  std::atomic<std::uint64_t> wan{0};
  std::atomic<std::uint64_t> peers{0};
  std::atomic<std::uint64_t> transfers{0};
  std::atomic<std::uint64_t> lane_retries{0};
};

class facility : public std::enable_shared_from_this<facility> {
 public:
  static std::shared_ptr<facility> make(net::engine& engine, store::home where,
                                        service_options options);

  net::engine& engine;
  const store::home where;
  const service_options options;
  const std::shared_ptr<gate> doors;
  const std::shared_ptr<block_pool> pool;
  const std::shared_ptr<block_pool> rereads;    ///< one block: the hash thread's, to read into
  const std::shared_ptr<block_pool> from_peers; ///< what comes from peers, so that neither side's
                                                ///< bytes wait for the other's
  std::vector<std::unique_ptr<worker>> disks;
  std::unique_ptr<worker> hash;
  counters count;

  /// The disk thread of one content: what concerns it happens there, in order.
  worker& disk_for(const std::string& content_key) noexcept;

  // Transfers by number. A transfer lives while it is here.
  void add(std::uint64_t id, std::shared_ptr<file_transfer> what);
  std::shared_ptr<file_transfer> find(std::uint64_t id) const;
  void remove(std::uint64_t id);
  /// Whether a transfer of this content is open.
  bool fetching(const std::string& content_key) const;
  /// False once `shut` was called.
  bool open() const noexcept { return !shut_; }
  /// Ends every transfer, keeping what is written, and takes no new one.
  void shut();

  // Blocks. A lane that got none is queued and hears `lane::block_ready`.
  block_ref take_block(lane& who);
  /// A block for bytes of a peer. Null: `go_on` is called once when it is worth asking again.
  block_ref take_peer_block(std::function<void()> go_on);
  /// Somebody waits for a block: whoever can give one back should.
  bool short_of_blocks() const noexcept { return !hungry_.empty(); }

  // Bandwidth. A lane over budget is queued and hears `lane::budget_ready`.
  void limit(const std::string& bucket, std::uint64_t rate);
  /// Bytes the lane may take now; 0: it is queued.
  std::uint64_t budget_for(lane& who);
  void spend(lane& who, std::uint64_t bytes);
  /// Whom bytes are charged to has changed.
  void recheck_budget();

  /// The lane waits for nothing any more.
  void forget(lane& who);

  // Lanes.
  void limit_lanes(std::size_t most);
  std::optional<lane_slot> take_lane(const std::shared_ptr<lane_taker>& who,
                                     const std::string& origin, const std::string& job);
  std::size_t lanes_open() const noexcept { return lanes_.open(); } ///< any thread
  std::size_t lanes_allowed(const std::string& origin) const { return lanes_.allowed(origin); }

 private:
  facility(net::engine& loop, store::home home, service_options with, std::shared_ptr<gate> gates,
           std::shared_ptr<block_pool> blocks, std::shared_ptr<std::atomic<bool>> hunger,
           std::shared_ptr<block_pool> peer_pool, std::shared_ptr<std::atomic<bool>> peer_hunger);
  void feed_peers();
  void feed();
  void find_blocks();
  std::deque<lane*>::iterator hungriest();
  void wake(const std::vector<limits::spender>& whom);
  void look_at_budget_in(std::chrono::milliseconds wait);
  void look_at_budget();
  void hand_out_lanes();
  void watch_lanes();
  void size_pool();

  std::unordered_map<std::uint64_t, std::shared_ptr<file_transfer>> transfers_;
  bool shut_{false};

  std::deque<lane*> hungry_;
  net::timer hunger_timer_;
  std::shared_ptr<std::atomic<bool>> hunger_; ///< up: whoever returns a block tells the loop
  bool hunger_watched_{false};

  std::deque<std::function<void()>> hungry_peers_;
  std::shared_ptr<std::atomic<bool>> peer_hunger_; ///< as `hunger_`

  limits::bandwidth limits_;
  clock::time_point budget_due_{clock::time_point::max()}; ///< when the timer rings
  net::timer budget_timer_;

  lane_pool lanes_;
  net::timer lane_timer_;
  bool lanes_watched_{false};
  bool handing_out_{false};
};

} // namespace hive::transfer
