#pragma once
/// A thread with a queue: calls run one after another in the order they were posted. The disk
/// thread and the hash thread are one each. Its callers bound the queue (by the block pool, or by
/// having one call under way each).

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
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

  /// Any thread, also the worker's own. Calls must not throw.
  void post(std::function<void()> call);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::function<void()>> calls_;
  bool closing_{false};
  std::thread thread_;
};

} // namespace hive::transfer
