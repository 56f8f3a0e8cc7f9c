#include "apps/hive/main_loop.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace hive::cli {
namespace {

sigset_t our_signals() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

} // namespace

void take_signals() noexcept {
  auto set = our_signals();
  sigaddset(&set, SIGWINCH);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

main_loop::main_loop() {
  const auto set = our_signals();
  wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  signal_fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

main_loop::~main_loop() {
  ::close(wake_fd_);
  ::close(signal_fd_);
}

void main_loop::post(std::function<void()> call) {
  const std::lock_guard held{mutex_};
  posted_.push_back(std::move(call));
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the loop is awake anyway.
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

void main_loop::run_posted() {
  std::deque<std::function<void()>> now;
  {
    const std::lock_guard held{mutex_};
    std::uint64_t count = 0;
    [[maybe_unused]] const auto seen = ::read(wake_fd_, &count, sizeof count);
    now.swap(posted_);
  }
  for (auto& call : now) call();
}

bool main_loop::signalled() const {
  signalfd_siginfo what{};
  return ::read(signal_fd_, &what, sizeof what) == static_cast<ssize_t>(sizeof what);
}

woken main_loop::wait(const std::function<bool()>& done, std::optional<time_point> deadline) {
  using namespace std::chrono;
  for (;;) {
    run_posted();
    if (signalled()) return woken::interrupted;
    if (done()) return woken::done;
    int wait_ms = -1;
    if (deadline) {
      const auto left = ceil<milliseconds>(*deadline - steady_clock::now()).count();
      if (left <= 0) return woken::too_late;
      wait_ms = static_cast<int>(std::min<long long>(left, 60'000));
    }
    rest(wait_ms);
  }
}

void main_loop::ignore(int fd) {
  std::erase_if(heard_, [fd](const auto& one) { return one.first == fd; });
}

/// Until something may have happened; whoever listens to a descriptor is told.
void main_loop::rest(int wait_ms) {
  std::vector<pollfd> fds{{wake_fd_, POLLIN, 0}, {signal_fd_, POLLIN, 0}};
  for (const auto& [fd, call] : heard_) fds.push_back({fd, POLLIN, 0});
  if (::poll(fds.data(), fds.size(), wait_ms) <= 0) return;
  const auto told = heard_; // a call may change it
  for (std::size_t i = 0; i < told.size(); ++i)
    if (fds[i + 2].revents != 0) told[i].second();
}

} // namespace hive::cli
