#pragma once
/// A thread with a queue: calls run one after another in the order they were posted. The disk
/// thread and the hash thread are one each. Its callers bound the queue (by the block pool, or by
/// having one call under way each).

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace hive::transfer {

class worker {
 public:
  /// `name` is what debuggers and top show; at most 15 characters.
  explicit worker(const char* name);
  /// Runs what is queued, then joins.
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Any thread, also the worker's own. Calls must not throw. `what` completes "has not finished",
  /// as "a write" does, and lives for ever.
  void post(const char* what, std::function<void()> call);

  struct task {
    const char* what;
    std::chrono::milliseconds time; ///< since it began
  };
  /// What it is at; empty while it has nothing to do. Any thread.
  std::optional<task> at_work() const;

 private:
  using clock = std::chrono::steady_clock;
  struct call {
    const char* what;
    std::function<void()> run;
  };
  void run();

  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<call> calls_;
  const char* at_{nullptr}; ///< null while idle
  clock::time_point since_;
  bool closing_{false};
  std::thread thread_;
};

} // namespace hive::transfer
