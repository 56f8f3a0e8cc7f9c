#pragma once
/// Calls something again and again, on a thread of its own.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace hive::actors {

class ticker {
 public:
  /// `tick` must not wait.
  ticker(std::chrono::milliseconds every, std::function<void()> tick);
  ~ticker();
  ticker(const ticker&) = delete;
  ticker& operator=(const ticker&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable called_off_;
  bool off_{false};
  std::thread thread_;
};

} // namespace hive::actors
