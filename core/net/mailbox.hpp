#pragma once
/// Where other threads leave calls for the loop thread, and how they wake it. Outlives the loop:
/// what is posted afterwards is dropped unheard.

#include <functional>
#include <mutex>
#include <vector>

namespace hive::net {

class mailbox {
 public:
  mailbox();
  ~mailbox();
  mailbox(const mailbox&) = delete;
  mailbox& operator=(const mailbox&) = delete;

  /// An eventfd that is readable while something may lie here; -1 when the system had none left.
  int alarm() const noexcept { return alarm_; }

  /// Any thread. False when the loop is gone; the call was destroyed unheard then.
  bool post(std::function<void()> call);
  /// Any thread. Makes the loop end after the calls posted so far.
  void stop();

  /// Loop thread. Everything posted since the last time; `stopping` when `stop` was called before.
  std::vector<std::function<void()>> take(bool& stopping);
  /// Loop thread. Nothing is taken in any more; returns what nobody heard.
  std::vector<std::function<void()>> close();

 private:
  void ring() const noexcept;

  std::mutex mutex_;
  std::vector<std::function<void()>> calls_;
  int alarm_;
  bool closed_{false};
  bool stopping_{false};
};

} // namespace hive::net
