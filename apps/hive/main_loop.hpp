#pragma once
/// The main thread's loop: what other threads post runs here, and Ctrl-C is heard here. Every
/// command waits in it and nowhere else.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace hive::cli {

/// Blocks SIGINT, SIGTERM and SIGWINCH (for whoever draws a whole screen) for this and every later
/// thread and ignores SIGPIPE. First thing in main.
void take_signals() noexcept;

enum class woken : std::uint8_t {
  done,        ///< what was waited for
  too_late,    ///< the deadline
  interrupted, ///< SIGINT or SIGTERM
};

class main_loop {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  main_loop();
  ~main_loop();
  main_loop(const main_loop&) = delete;
  main_loop& operator=(const main_loop&) = delete;

  /// Any thread. Whoever posts bounds how much of theirs waits here.
  void post(std::function<void()> call);

  /// Main thread: while the loop waits, `call` runs whenever `fd` can be read.
  void hear(int fd, std::function<void()> call) { heard_.emplace_back(fd, std::move(call)); }
  void ignore(int fd);

  /// Main thread: runs posted calls until `done()`, the deadline or a signal.
  woken wait(const std::function<bool()>& done, std::optional<time_point> deadline = std::nullopt);

 private:
  void run_posted();
  void rest(int wait_ms);
  bool signalled() const;

  int wake_fd_{-1};
  int signal_fd_{-1};
  std::mutex mutex_;
  std::deque<std::function<void()>> posted_;
  std::vector<std::pair<int, std::function<void()>>> heard_; ///< main thread
};

} // namespace hive::cli
