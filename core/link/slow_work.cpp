#include "core/link/slow_work.hpp"

#include <utility>

namespace hive::link {

namespace {

constexpr std::size_t most_waiting = 64;

} // namespace

slow_work::slow_work() : thread_([this] { run(); }) {}

slow_work::~slow_work() {
  {
    const std::lock_guard hold{mutex_};
    closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool slow_work::put(std::function<void()> what) {
  {
    const std::lock_guard hold{mutex_};
    if (line_.size() >= most_waiting) return false;
    line_.push_back(std::move(what));
  }
  changed_.notify_one();
  return true;
}

void slow_work::put_newest(kept_state which, std::function<void()> what,
                           std::chrono::milliseconds pause) {
  {
    const std::lock_guard hold{mutex_};
    auto& at = states_.at(static_cast<std::size_t>(which));
    at.what = std::move(what);
    at.pause = pause;
  }
  changed_.notify_one();
}

std::function<void()> slow_work::take_next(std::optional<clock::time_point>& until) {
  if (!line_.empty()) {
    auto next = std::move(line_.front());
    line_.pop_front();
    return next;
  }
  const auto now = clock::now();
  for (auto& one : states_) {
    if (!one.what) continue;
    if (closing_ || one.due() <= now) {
      one.began = now;
      return std::exchange(one.what, nullptr);
    }
    if (!until || one.due() < *until) until = one.due();
  }
  return nullptr;
}

void slow_work::run() {
  std::unique_lock hold{mutex_};
  for (;;) {
    std::optional<clock::time_point> until;
    if (const auto next = take_next(until)) {
      hold.unlock();
      next();
      hold.lock();
      continue;
    }
    if (closing_) return;
    if (until)
      changed_.wait_until(hold, *until);
    else
      changed_.wait(hold);
  }
}

} // namespace hive::link
