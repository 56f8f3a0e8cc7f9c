#include "core/net/mailbox.hpp"

#include <cerrno>
#include <cstdint>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace hive::net {

mailbox::mailbox() : alarm_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

mailbox::~mailbox() {
  if (alarm_ >= 0) ::close(alarm_);
}

bool mailbox::post(std::function<void()> call) {
  // `call` is a parameter: refused, it dies after the lock is released, whatever its captures do.
  const std::lock_guard guard{mutex_};
  if (closed_) return false;
  calls_.push_back(std::move(call));
  if (calls_.size() == 1) ring();
  return true;
}

void mailbox::stop() {
  const std::lock_guard guard{mutex_};
  stopping_ = true;
  ring();
}

std::vector<std::function<void()>> mailbox::take(bool& stopping) {
  const std::lock_guard guard{mutex_};
  stopping = stopping_;
  return std::exchange(calls_, {});
}

std::vector<std::function<void()>> mailbox::close() {
  const std::lock_guard guard{mutex_};
  closed_ = true;
  return std::exchange(calls_, {});
}

void mailbox::ring() const noexcept {
  const std::uint64_t once = 1;
  while (::write(alarm_, &once, sizeof once) < 0 && errno == EINTR) {
  }
}

} // namespace hive::net
