#pragma once
/// What is counted of one actor while it lives, part of the actor itself. Counters are always on:
/// an atomic addition for a message that arrives, plain stores for one that is handled, no clock.
/// Clocks, latencies and the last messages are on only while somebody watches.
///
/// Threads: arrivals come from any thread, handling from the actor's own; everything may be read
/// from any thread while the actor is in its population.

#include "actors/inspection.hpp"

#include <caf/actor_addr.hpp>
#include <caf/type_id.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

using instant = std::chrono::steady_clock::time_point;

/// A message as it was handled.
struct handling {
  caf::type_id_t type{0}; ///< of its first value; 0: it had none
  std::uint64_t sender{0};
  instant begin;
  std::chrono::nanoseconds took{0};
  std::chrono::nanoseconds waited{0};
};

/// "hive::actors::tick"; empty for 0.
std::string type_name(caf::type_id_t type);

class vitals {
 public:
  vitals(std::uint64_t own_id, std::uint64_t parents_id, bool may_block)
    : id(own_id), parent(parents_id), blocks(may_block) {}

  const std::uint64_t id;
  const std::uint64_t parent;
  const bool blocks;
  // Set before it enters its population.
  const char* name{""}; ///< of its class; lives for ever
  instant born;
  caf::actor_addr at;

  // Always on.
  std::uint64_t arrive() noexcept { return arrived_.fetch_add(1, std::memory_order_relaxed); }
  /// What arrived was refused: the actor is gone.
  void bounce() noexcept { arrived_.fetch_sub(1, std::memory_order_relaxed); }
  void take(std::uint32_t tick) noexcept;
  /// It was handled, or put back for later. Returns the tick it was taken at.
  std::uint32_t finish(bool put_back) noexcept;
  void note_slow() noexcept { add(slow_, std::uint32_t{1}); }

  // Only while watched.
  void stamp(std::uint64_t arrival, instant now);
  void begin(const handling& one);
  void end(const handling& one);
  void put_back();     ///< it is not in hand any more
  void look_closely(); ///< keeps the last messages from now on
  void look_away();    ///< forgets everything that was timed

  // What it shows of itself; any thread.
  void show_state(const char* word) noexcept { state_.store(word, std::memory_order_relaxed); }
  void set_label(std::string text); ///< redacted here
  void set_job(std::shared_ptr<const job_id> job);
  void set_error(std::unique_ptr<std::string> text);
  std::shared_ptr<const job_id> job() const;
  void add_child(int by) noexcept { children_.fetch_add(by, std::memory_order_relaxed); }
  void trace(bool on) noexcept { traced_.store(on, std::memory_order_relaxed); }
  bool traced() const noexcept { return traced_.load(std::memory_order_relaxed); }

  // Reading.
  std::uint64_t depth() const noexcept;
  std::uint64_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }
  std::uint64_t handled() const noexcept { return handled_.load(std::memory_order_relaxed); }
  std::uint64_t skipped() const noexcept { return skipped_.load(std::memory_order_relaxed); }
  std::uint64_t slow() const noexcept { return slow_.load(std::memory_order_relaxed); }
  /// The time spent in handlers since it is watched.
  std::chrono::nanoseconds busy(instant now) const;
  std::optional<std::chrono::nanoseconds> oldest(instant now) const;
  const char* state() const noexcept;
  /// Without `restarts`, and without what is of a window.
  actor_facts facts(instant now) const;
  std::string label() const;
  std::vector<handling> last_messages() const;

 private:
  static constexpr std::size_t stamps_kept = 16;
  static constexpr std::size_t messages_kept = 64;

  struct stamped {
    std::uint64_t arrival{0};
    instant when;
  };
  struct close_look {
    std::array<handling, messages_kept> ring;
    std::size_t count{0};
  };
  struct timing {
    latency took;
    latency waited;
    std::chrono::nanoseconds busy{0};
    instant in_hand;      ///< since when a message is
    instant last_arrival; ///< of the message that was taken last
    std::array<stamped, stamps_kept> stamps{};
    std::unique_ptr<close_look> close;
  };

  /// By the actor's own thread: nobody else writes.
  template <class T>
  static void add(std::atomic<T>& counter, T by) noexcept {
    counter.store(static_cast<T>(counter.load(std::memory_order_relaxed) + by),
                  std::memory_order_relaxed);
  }
  timing& timed();
  std::optional<std::chrono::nanoseconds> oldest_known(instant now) const;

  std::atomic<std::uint64_t> arrived_{0};
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<std::uint64_t> handled_{0};
  std::atomic<std::uint64_t> most_depth_{0};
  std::atomic<std::uint32_t> skipped_{0};
  std::atomic<std::uint32_t> slow_{0};
  std::atomic<std::uint32_t> busy_since_{0}; ///< tick; 0: no message is in hand
  std::atomic<std::int32_t> children_{0};
  std::atomic<const char*> state_{nullptr};
  std::atomic<bool> traced_{false};

  mutable std::mutex mutex_; ///< guards what follows
  std::unique_ptr<timing> timing_;
  std::unique_ptr<std::string> label_;
  std::unique_ptr<std::string> error_;
  std::shared_ptr<const job_id> job_;
};

/// What every actor of hive is beside CAF's actor.
class visible {
 public:
  vitals& shown() noexcept { return vitals_; }

 protected:
  visible(std::uint64_t id, std::uint64_t parent, bool blocks) : vitals_(id, parent, blocks) {}
  virtual ~visible() = default;

  vitals vitals_;
};

} // namespace hive::actors
