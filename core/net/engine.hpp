#pragma once
/// The curl loop: one thread that owns every outgoing socket. Everything a handler is told, it is
/// told on that thread; handlers never block.

#include "core/net/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace hive::net {

/// Settings of the whole engine, read once.
struct engine_options {
  std::string user_agent{};
  /// Empty: the environment's (https_proxy, HTTPS_PROXY, http_proxy, all_proxy, ALL_PROXY, as curl
  /// reads them); "-": none. Loopback is never asked for through a proxy: it would be the proxy's.
  std::string proxy{};
  std::string no_proxy{};           ///< empty: the environment's
  std::string ca_file{};            ///< trusted besides the system's; PEM
  std::string client_certificate{}; ///< PEM, with `client_key`
  std::string client_key{};         ///< PEM, not encrypted
  bool tls_1_3_only{false};         ///< else 1.2 is accepted too
  std::size_t max_connections{128}; ///< in the cache and open at once
};

/// What a body handler did with bytes.
enum class taken : std::uint8_t {
  all,   ///< consumed every byte
  pause, ///< consumed none: the same bytes come again after `exchange::resume`
};

/// Hears one exchange. All calls on the loop thread. A handler may destroy any exchange, also its
/// own, in any call; itself only in `on_end`. `on_end` must not throw.
class exchange_handler {
 public:
  virtual ~exchange_handler() = default;
  /// A redirect that is allowed and would be followed next. A failure ends the exchange with it.
  virtual outcome on_hop(const reply_head& head);
  /// Headers of the last hop, before any body byte. A failure ends the exchange with it.
  virtual outcome on_head(const reply_head& head) = 0;
  virtual result<taken> on_body(std::span<const std::byte> bytes) = 0;
  /// Exactly once, unless the exchange was destroyed before. May destroy the exchange.
  virtual void on_end(outcome how) = 0;
};

class engine;
class curl_loop;

/// One running exchange. Destroying it closes its socket at once (loop thread only); inside a
/// callback of any exchange, as soon as that callback has returned. Its handler hears nothing more
/// either way.
class exchange {
 public:
  exchange() noexcept;
  ~exchange();
  exchange(exchange&&) noexcept;
  exchange& operator=(exchange&&) noexcept;

  /// Continues after `taken::pause`, from the next turn of the loop on: `on_body` is never called
  /// from within. Time spent paused is not idle time.
  void resume();
  explicit operator bool() const noexcept { return state_ != nullptr; }

 private:
  friend class engine;
  friend class curl_loop;
  friend class flight;
  struct state;
  std::unique_ptr<state> state_;
};

/// A posted call that can be taken back: destroying it cancels (loop thread only).
class timer {
 public:
  timer() = default;
  ~timer();
  timer(timer&&) noexcept;
  timer& operator=(timer&&) noexcept;

 private:
  friend class engine;
  friend class curl_loop;
  struct state;
  std::shared_ptr<state> state_;
};

/// A whole-reply request started from any thread. Destroying it (any thread, also in its callback)
/// cancels and never waits: the socket is closed within one turn of the loop, and a callback that
/// has not begun by then never does. One that has begun on the loop thread may still be running.
/// What the callback holds is freed on the loop thread.
class fetch {
 public:
  fetch() = default;
  ~fetch();
  fetch(fetch&&) noexcept;
  fetch& operator=(fetch&&) noexcept;

 private:
  friend class engine;
  struct state;
  std::shared_ptr<state> state_;
};

struct engine_counts {
  std::uint64_t exchanges_started{0};
  std::uint64_t exchanges_open{0};
  std::uint64_t bytes_received{0}; ///< bodies, as they came
  std::uint64_t redirects{0};
};

class engine {
 public:
  /// Starts the thread. Throws only std::bad_alloc; curl's own failure to start is
  /// errc::actor_failed.
  static result<std::unique_ptr<engine>> start(engine_options options);
  /// Runs what was posted so far, ends every exchange without calling its handler and joins the
  /// thread. Exchanges, timers and fetches that outlive it do nothing. Never on the loop thread.
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  // Any thread.

  /// Runs `call` on the loop thread, in order of posting. It must not throw, and never runs when
  /// the engine is being destroyed.
  void post(std::function<void()> call);
  /// Fetches a whole reply of at most `max_body` bytes (more is errc::unreadable_reply). Any status
  /// is a reply; failures are of the network. `on_reply` runs on the loop thread.
  fetch get(request what, std::size_t max_body, std::function<void(result<reply>)> on_reply);
  engine_counts counts() const noexcept;
  bool on_loop_thread() const noexcept;
  /// How long the present turn of the loop has taken; empty while it waits for sockets.
  std::optional<std::chrono::milliseconds> turn() const noexcept;

  // Loop thread only.

  /// `handler` must outlive the exchange. Nothing is called before this returns; whatever is wrong
  /// with the request is told by `on_end`. file:///path is answered like a server would: 200, 206
  /// or 416, and an entity tag that changes with the file.
  exchange begin(request what, exchange_handler& handler);
  timer after(std::chrono::milliseconds wait, std::function<void()> call);

 private:
  engine();
  std::unique_ptr<curl_loop> loop_;
};

} // namespace hive::net
