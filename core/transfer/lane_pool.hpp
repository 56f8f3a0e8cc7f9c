#pragma once
/// The lanes of the service: how many are open in the process and at each origin, which jobs hold
/// them, and who waits for one. Whoever holds fewest gets the next; a job with many is asked for
/// one back when another has two fewer. Loop thread only, but for `open`.

#include "core/transfer/lane_pace.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

namespace hive::transfer {

using clock = std::chrono::steady_clock;

class lane_pool;

/// One lane of somebody's: returned when destroyed.
class lane_slot {
 public:
  lane_slot(lane_slot&&) noexcept = default;
  lane_slot& operator=(lane_slot&&) noexcept = default;
  ~lane_slot() = default;

  /// The bytes come from another origin than the one that was asked.
  void move_to(const std::string& origin);
  void count(std::uint64_t bytes) noexcept;
  /// It waits for this node from now on (for a block, or for bandwidth), or goes on.
  void hold(clock::time_point now) noexcept;
  void limit() noexcept;
  void go_on(clock::time_point now) noexcept;
  bool held() const noexcept;
  /// The server refused this lane.
  void crowded() noexcept;
  /// Tells how fast it is, in bytes per second, and hears the best of its origin of late.
  double compare(double rate) noexcept;

 private:
  friend class lane_pool;
  struct seat;
  struct leave {
    void operator()(seat* what) const noexcept;
  };
  explicit lane_slot(seat* mine) : seat_(mine) {}
  std::unique_ptr<seat, leave> seat_;
};

/// Whose lanes they are. Called in turns of the loop of their own.
class lane_taker {
 public:
  virtual ~lane_taker() = default;
  /// False when there is no use for it any more.
  virtual bool lane_granted(lane_slot slot) = 0;
  /// Another job has fewer: closes one of several.
  virtual void yield_lane() = 0;

 private:
  friend class lane_pool;
  bool waits_for_lane_{false};
};

struct lane_limits {
  std::size_t start_per_origin{4};
  std::size_t per_origin{16};
  std::size_t total{64};
};

class lane_pool {
 public:
  /// `soon` is called when `hand_out` has something to do.
  lane_pool(lane_limits limits, std::function<void()> soon);
  ~lane_pool();
  lane_pool(const lane_pool&) = delete;
  lane_pool& operator=(const lane_pool&) = delete;

  /// A lane to `origin` on behalf of `job`. Empty: there is none now, and `who` is queued.
  std::optional<lane_slot> take(const std::shared_ptr<lane_taker>& who, const std::string& origin,
                                const std::string& job);
  /// Gives what is free to who waits, and asks who has many.
  void hand_out();
  /// Once per `sample_every` while lanes are open.
  void sample(clock::time_point now);
  static constexpr std::chrono::milliseconds sample_every{100};

  /// Lanes in all. What is over it is closed where somebody has several, else when pieces end.
  void set_total(std::size_t most);
  /// Lanes an origin is good for, all files together.
  std::size_t allowed(const std::string& origin) const;
  /// Any thread.
  std::size_t open() const noexcept { return open_; }
  /// Nobody waits any more.
  void clear_queue();

 private:
  friend class lane_slot;
  struct site;
  struct waiter {
    std::weak_ptr<lane_taker> who;
    std::string origin;
    std::string job;
  };

  const std::shared_ptr<site>& at(const std::string& origin);
  void forget_oldest();
  bool room(const site& there) const noexcept;
  bool anyone_eligible();
  lane_slot seat_for(const std::shared_ptr<lane_taker>& who, const std::shared_ptr<site>& there,
                     const std::string& job);
  void close_surplus();
  std::deque<waiter>::iterator next_waiter();
  void ask_for_one(const waiter& poor);
  std::size_t lanes_of(const std::string& job) const noexcept;
  void vacate(lane_slot::seat& what) noexcept;

  lane_limits limits_;
  const std::function<void()> soon_;
  std::atomic<std::size_t> open_{0};
  std::map<std::string, std::shared_ptr<site>> sites_;
  std::unordered_set<lane_slot::seat*> seats_;
  std::map<std::string, std::size_t> of_job_;
  std::deque<waiter> queue_;
  clock::time_point sampled_at_{};
};

} // namespace hive::transfer
