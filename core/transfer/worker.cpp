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

void worker::post(std::function<void()> call) {
  {
    const std::lock_guard lock{mutex_};
    calls_.push_back(std::move(call));
  }
  filled_.notify_one();
}

void worker::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    filled_.wait(lock, [this] { return closing_ || !calls_.empty(); });
    if (calls_.empty()) return;
    auto call = std::move(calls_.front());
    calls_.pop_front();
    lock.unlock();
    call();
    call = nullptr; // what it holds (blocks) goes back before the next wait
    lock.lock();
  }
}

} // namespace hive::transfer
