#pragma once
/// Waits for the sockets curl has open, without looking at those where nothing happens: curl says
/// which sockets it waits for and until when (its socket and timer callbacks), epoll says which are
/// ready. What a turn costs depends on what happened, not on how many connections are open. Loop
/// thread only.

#include <curl/curl.h>

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hive::net {

class socket_watch {
 public:
  /// `multi` outlives it. `alarm` (an eventfd) ends a wait, which resets it: look for
  /// what it was rung for after the wait.
  socket_watch(CURLM* multi, int alarm);
  /// After curl has closed every socket.
  ~socket_watch();
  socket_watch(const socket_watch&) = delete;
  socket_watch& operator=(const socket_watch&) = delete;

  /// False when the system had no descriptor left for it.
  bool stands() const noexcept { return epoll_ >= 0; }
  /// Until a socket is ready, the alarm rang, curl's own time has come or `longest` has passed.
  void wait(std::chrono::milliseconds longest) noexcept;
  /// Lets curl work: on what the last wait found, and on what is due by its clock.
  void act() noexcept;

 private:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t most_at_once = 256; ///< ready sockets; more are found next turn

  static int socket_call(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept;
  static int timer_call(CURLM*, long wait_ms, void* self) noexcept;
  bool set(int fd, std::uint32_t events) noexcept;
  void hear_alarm() const noexcept;

  CURLM* multi_;
  int alarm_;
  int epoll_{-1};
  std::array<epoll_event, most_at_once> ready_{};
  std::size_t found_{0};
  std::optional<clock::time_point> due_; ///< when curl wants to work without a socket being ready
};

} // namespace hive::net
