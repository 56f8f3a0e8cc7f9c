#include "core/transfer/worker.hpp"

#include <pthread.h>

#include <utility>

namespace hive::transfer {

worker::worker(const char* name) : thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), name);
}

worker::~worker() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  filled_.notify_one();
  thread_.join();
}

void worker::post(const char* what, std::function<void()> run) {
  {
    const std::lock_guard lock{mutex_};
    calls_.push_back({what, std::move(run)});
  }
  filled_.notify_one();
}

std::optional<worker::task> worker::at_work() const {
  const std::lock_guard lock{mutex_};
  if (at_ == nullptr) return std::nullopt;
  return task{at_, std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - since_)};
}

void worker::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    filled_.wait(lock, [this] { return closing_ || !calls_.empty(); });
    if (calls_.empty()) return;
    auto next = std::move(calls_.front());
    calls_.pop_front();
    at_ = next.what;
    since_ = clock::now();
    lock.unlock();
    next.run();
    next.run = nullptr; // what it holds (blocks) goes back before the next wait
    lock.lock();
    at_ = nullptr;
  }
}

} // namespace hive::transfer
