#pragma once
/// Who is alive in one actor system (entered at launch, gone before anybody is told of the death),
/// who of them is silent, and who crashed. Outlives every restart. Thread-safe.

#include "actors/resident.hpp"
#include "core/base/result.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
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

class population {
 public:
  void enter(resident who, caf::actor_addr at);
  void leave(std::uint64_t id) noexcept;
  std::size_t size() const;
  std::vector<resident> list() const;
  /// How many are called `name`.
  std::size_t count(const std::string& name) const;
  /// Null when it has gone.
  caf::actor find(std::uint64_t id) const;

  void crashed(std::uint64_t id, const std::string& name, failure why);
  /// Those nobody has taken yet, at most the last 64.
  std::vector<crash> take_crashes();
  /// By class, of every class that ever lived.
  std::vector<crash_count> crash_counts() const;

  using time_point = std::chrono::steady_clock::time_point;
  /// Sentences about actors that do not answer, as the sentry found them at `looked`; without a
  /// time there is no sentry at present.
  void set_silent(std::vector<std::string> sentences, std::optional<time_point> looked);
  /// Also about the sentry itself, when it has not looked for 15 s.
  std::vector<std::string> silent(time_point now) const;

 private:
  struct entry {
    resident who;
    caf::actor_addr at;
  };

  mutable std::mutex mutex_;
  std::map<std::uint64_t, entry> residents_;
  std::map<std::string, crash_count> counts_;
  std::deque<crash> crashes_; ///< not taken yet
  std::vector<std::string> silent_;
  std::optional<time_point> looked_;
};

} // namespace hive::actors
