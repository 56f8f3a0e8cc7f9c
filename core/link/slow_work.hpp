#pragma once
/// Does what waits, for the resolver or for a disk, in everybody's stead: one thread, one after the
/// other.

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace hive::link {

/// Of these only the newest state is kept: what still waits is out of date when the next comes.
enum class kept_state { members, wishes };

/// Any thread.
class slow_work {
 public:
  slow_work();
  /// After everything that waits is done.
  ~slow_work();
  slow_work(const slow_work&) = delete;
  slow_work& operator=(const slow_work&) = delete;

  /// False when 64 wait.
  bool put(std::function<void()> what);
  /// In place of what waits for the same state. It begins at the earliest `pause` after the last
  /// one of that state began; nothing is lost for it.
  void put_newest(kept_state which, std::function<void()> what, std::chrono::milliseconds pause);

 private:
  using clock = std::chrono::steady_clock;
  struct newest {
    std::function<void()> what; ///< empty: nothing waits
    std::chrono::milliseconds pause{0};
    std::optional<clock::time_point> began;

    clock::time_point due() const { return began ? *began + pause : clock::time_point::min(); }
  };

  void run();
  /// Empty: nothing is due until `until`, if it is set.
  std::function<void()> take_next(std::optional<clock::time_point>& until);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> line_;
  std::array<newest, 2> states_;
  bool closing_{false};
  std::thread thread_;
};

} // namespace hive::link
