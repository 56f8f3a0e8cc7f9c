#pragma once
/// Whose messages wait too long, from counters alone. Pure: the caller looks about once a second
/// and gives the time, so ages are known to a second.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace hive::actors {

/// An actor with messages that wait, at one look.
struct backlog {
  std::uint64_t id{0};
  std::string name;
  std::uint64_t taken{0}; ///< messages since it began
  std::uint64_t depth{0};
};

struct age_finding {
  std::uint64_t id{0};
  std::string name;
  bool over{false};            ///< it was found before, and its queue moves again
  std::chrono::seconds age{0}; ///< at least
};

class queue_ages {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  explicit queue_ages(std::chrono::seconds limit) : limit_(limit) {}

  /// `now_waiting`: all actors with a backlog. Answers what is new since the last look.
  std::vector<age_finding> look(const std::vector<backlog>& now_waiting, time_point now);

 private:
  /// What waited when it was set is at least as old.
  struct mark {
    std::uint64_t last{0}; ///< message that waited then
    time_point since;
  };
  struct queue {
    std::string name;
    std::deque<mark> marks; ///< of messages that still wait, the oldest first
    bool told{false};
  };

  std::chrono::seconds limit_;
  std::map<std::uint64_t, queue> queues_;
};

} // namespace hive::actors
