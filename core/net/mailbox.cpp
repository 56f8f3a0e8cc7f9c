#include "core/net/mailbox.hpp"

#include <utility>

namespace hive::net {

bool mailbox::post(std::function<void()> call) {
  // `call` is a parameter: refused, it dies after the lock is released, whatever its captures do.
  const std::lock_guard guard{mutex_};
  if (multi_ == nullptr) return false;
  calls_.push_back(std::move(call));
  curl_multi_wakeup(multi_);
  return true;
}

void mailbox::stop() {
  const std::lock_guard guard{mutex_};
  stopping_ = true;
  if (multi_ != nullptr) curl_multi_wakeup(multi_);
}

std::vector<std::function<void()>> mailbox::take(bool& stopping) {
  const std::lock_guard guard{mutex_};
  stopping = stopping_;
  return std::exchange(calls_, {});
}

std::vector<std::function<void()>> mailbox::close() {
  const std::lock_guard guard{mutex_};
  multi_ = nullptr;
  return std::exchange(calls_, {});
}

} // namespace hive::net
