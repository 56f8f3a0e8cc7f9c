#pragma once
/// Who is alive in one actor system (entered at launch, gone before anybody is told of the death),
/// what is counted of them, who of them is silent, and who crashed. Outlives every restart.
/// Thread-safe.

#include "actors/resident.hpp"
#include "actors/vitals.hpp"
#include "core/base/result.hpp"

#include <caf/actor.hpp>
#include <caf/type_id.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

struct crash {
  std::uint64_t id{0};
  std::string name;
  failure why;
};

/// A message that took longer than `slow_limit`.
struct slow_handling {
  std::uint64_t id{0};
  std::string name;
  caf::type_id_t type{0};
  std::chrono::milliseconds at_least{0};
};

inline constexpr std::chrono::milliseconds tick_length{50}; ///< of `advance_tick`
inline constexpr std::chrono::milliseconds slow_limit{250};

class population {
 public:
  void enter(vitals& who);
  void leave(vitals& who) noexcept;
  std::size_t size() const;
  std::vector<resident> list() const;
  /// How many are called `name`.
  std::size_t count(const std::string& name) const;
  /// Null when it has gone.
  caf::actor find(std::uint64_t id) const;
  /// Calls `see` with everybody alive, a part of them at a time under a lock: it must not wait, nor
  /// ask the population.
  void visit(const std::function<void(vitals&)>& see) const;
  /// The same with those whose id is greater than `after`, of each part by id and until `see` has
  /// taken (true) `most` of it.
  void visit_after(std::uint64_t after, std::size_t most,
                   const std::function<bool(vitals&)>& see) const;
  /// False when it has gone.
  bool visit(std::uint64_t id, const std::function<void(vitals&)>& see) const;
  /// By class, of every class that ever lived; messages of those who are gone are in it.
  std::vector<class_totals> totals() const;

  // Watching: who has clocks. Read by every actor at every message.
  bool clocked() const noexcept { return mode_.load(std::memory_order_relaxed) != 0; }
  bool tracing() const noexcept { return (mode_.load(std::memory_order_relaxed) & trace_bit) != 0; }
  bool watched() const noexcept { return (mode_.load(std::memory_order_relaxed) & watch_bit) != 0; }
  /// Off: everything that was timed is forgotten.
  void watch(bool on);
  /// `root`: only it and those below it, who may come later; 0: everybody.
  void start_trace(std::uint64_t root, instant now);
  void trace(const vitals& who, const handling& one);
  trace_part take_trace();
  void end_trace();

  // A clock that costs nothing to read: how often `advance_tick` was called, which somebody does
  // every `tick_length`. Never 0.
  std::uint32_t tick() const noexcept { return tick_.load(std::memory_order_relaxed); }
  void advance_tick() noexcept { tick_.fetch_add(1, std::memory_order_relaxed); }
  void slow(const vitals& who, caf::type_id_t type, std::uint32_t ticks);
  /// Those nobody has taken yet, at most the last 64.
  std::vector<slow_handling> take_slow();

  void crashed(std::uint64_t id, const std::string& name, failure why);
  /// Those nobody has taken yet, at most the last 64.
  std::vector<crash> take_crashes();
  /// By class, of every class that ever lived.
  std::vector<crash_count> crash_counts() const;
  std::uint64_t crashes_of(const std::string& name) const;

  using time_point = std::chrono::steady_clock::time_point;
  /// Sentences about actors that do not answer, as the sentry found them at `looked`; without a
  /// time there is no sentry at present.
  void set_silent(std::vector<std::string> sentences, std::optional<time_point> looked);
  /// Also about the sentry itself, when it has not looked for 15 s.
  std::vector<std::string> silent(time_point now) const;

 private:
  static constexpr std::uint8_t watch_bit = 1;
  static constexpr std::uint8_t trace_bit = 2;
  struct shard {
    mutable std::mutex mutex;
    std::map<std::uint64_t, vitals*> living;
    std::map<std::string, class_totals, std::less<>> gone; ///< what the dead of a class did
  };
  struct traced {
    handling what;
    std::uint64_t actor{0};
    const char* name{nullptr};
  };

  shard& of(std::uint64_t id) noexcept { return shards_[id % shards_.size()]; }
  const shard& of(std::uint64_t id) const noexcept { return shards_[id % shards_.size()]; }
  void set_mode(std::uint8_t bit, bool on) noexcept;

  std::array<shard, 16> shards_;
  std::atomic<std::uint8_t> mode_{0};
  std::atomic<std::uint32_t> tick_{1};

  mutable std::mutex mutex_; ///< guards what follows; never held while a shard's is taken
  std::map<std::string, crash_count> counts_;
  std::deque<crash> crashes_;      ///< not taken yet
  std::deque<slow_handling> slow_; ///< not taken yet
  std::vector<traced> trace_;
  std::uint64_t trace_lost_{0};
  std::optional<instant> trace_began_;
  std::atomic<bool> trace_all_{false};
  std::vector<std::string> silent_;
  std::optional<time_point> looked_;
};

} // namespace hive::actors
