#include "core/net/socket_watch.hpp"

#include "core/net/flight.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <unistd.h>

namespace hive::net {

socket_watch::socket_watch(CURLM* multi, int alarm)
  : multi_(multi), alarm_(alarm), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ >= 0 && !set(alarm_, EPOLLIN)) {
    ::close(epoll_);
    epoll_ = -1;
  }
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &socket_watch::socket_call);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &socket_watch::timer_call);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

socket_watch::~socket_watch() {
  if (epoll_ >= 0) ::close(epoll_);
}

void socket_watch::wait(std::chrono::milliseconds longest) noexcept {
  using std::chrono::milliseconds;
  if (due_) {
    const auto left = std::chrono::ceil<milliseconds>(*due_ - clock::now());
    longest = std::clamp(left, milliseconds{0}, longest);
  }
  const int got = ::epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()),
                               static_cast<int>(longest.count()));
  found_ = static_cast<std::size_t>(std::max(got, 0));
  for (std::size_t i = 0; i < found_; ++i)
    if (ready_.at(i).data.fd == alarm_) hear_alarm();
}

void socket_watch::act() noexcept {
  int running = 0;
  for (std::size_t i = 0; i < found_; ++i) {
    const auto [events, data] = ready_.at(i);
    if (data.fd == alarm_) continue;
    const int what = ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                     ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                     ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(multi_, data.fd, what, &running);
  }
  found_ = 0;
  if (!due_ || clock::now() < *due_) return;
  due_.reset(); // before curl sets the next one
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
}

int socket_watch::socket_call(CURL* easy, curl_socket_t socket, int what, void* self,
                              void*) noexcept {
  auto& me = *static_cast<socket_watch*>(self);
  char* owner = nullptr; // none: a handle of curl's own
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
  if (owner != nullptr)
    reinterpret_cast<flight*>(owner)->waits_for(socket, what != CURL_POLL_REMOVE);
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(me.epoll_, EPOLL_CTL_DEL, socket, nullptr); // a closed one has left by itself
    return 0;
  }
  const std::uint32_t events =
      ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0u) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0u);
  return me.set(socket, events) ? 0 : -1;
}

int socket_watch::timer_call(CURLM*, long wait_ms, void* self) noexcept {
  auto& due = static_cast<socket_watch*>(self)->due_;
  due.reset();
  if (wait_ms >= 0) due = clock::now() + std::chrono::milliseconds{wait_ms};
  return 0;
}

/// A number may stand for another socket than it did when curl last spoke of it, so whether it is
/// known is found out by trying.
bool socket_watch::set(int fd, std::uint32_t events) noexcept {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.fd = fd;
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &wanted) == 0) return true;
  return errno == ENOENT && ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &wanted) == 0;
}

void socket_watch::hear_alarm() const noexcept {
  std::uint64_t times = 0;
  while (::read(alarm_, &times, sizeof times) < 0 && errno == EINTR) {
  }
}

} // namespace hive::net
