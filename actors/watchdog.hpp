#pragma once
/// Ends the process when a stop does not come to its end: better a loud end than a hang. Everything
/// that matters is durable by then.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace hive::actors {

class watchdog {
 public:
  /// Unless destroyed within `limit`, prints `last_words()` to stderr and exits with 70 at once.
  watchdog(std::chrono::milliseconds limit, std::function<std::string()> last_words);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable called_off_;
  bool off_{false};
  std::thread thread_;
};

} // namespace hive::actors
