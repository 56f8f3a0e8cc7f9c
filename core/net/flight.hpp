#pragma once
/// One exchange as the loop sees it: owned by the loop, known to its `exchange` by a seat that
/// either side may leave first. Loop thread only.

#include "core/net/engine.hpp"

#include <curl/curl.h>

#include <exception>
#include <optional>
#include <span>
#include <string>

namespace hive::net {

class curl_loop;
class flight;

/// What an `exchange` holds; the pointers are null once the exchange is over or its engine is gone.
struct exchange::state {
  curl_loop* loop{nullptr};
  flight* what{nullptr};

  state() = default;
  ~state();
  state(const state&) = delete;
  state& operator=(const state&) = delete;
};

class flight {
 public:
  flight(curl_loop& loop, request what, exchange_handler& handler);
  virtual ~flight() = default;
  flight(const flight&) = delete;
  flight& operator=(const flight&) = delete;

  /// Opens whatever it reads from; ends itself when that fails.
  virtual void start() = 0;
  /// Takes up again after `taken::pause`; does nothing when it is not paused.
  virtual void resume() = 0;
  /// Moves on after `curl_loop::step_soon` (local files).
  virtual void step() {}
  /// curl waits for this socket on its behalf, or does not any more.
  virtual void waits_for(curl_socket_t, bool) noexcept {}
  /// Whether something came of reading once more from what TLS has read ahead.
  virtual bool read_on() { return false; }
  /// curl says that the transfer is over.
  virtual void finished(CURLcode) {}
  /// Closes sockets and files. Never from within a callback of curl.
  virtual void close() noexcept = 0;

  void sit(exchange::state* seat) noexcept { seat_ = seat; }
  /// Nobody listens any more; handlers are not called from here on.
  void abandon() noexcept;
  bool abandoned() const noexcept { return handler_ == nullptr; }

 protected:
  /// Ends this exchange: closes it, leaves the loop and tells the handler. The last thing to call.
  void end(outcome how);

  // Calls to the handler. A failure or a destroyed exchange comes back as a failure, an exception
  // too.
  outcome tell_hop(const reply_head& head);
  outcome tell_head(const reply_head& head);
  result<taken> tell_body(std::span<const std::byte> bytes);

  curl_loop& loop_;
  const request request_;

 private:
  template <class T, class F>
  result<T> guarded(F&& call);

  exchange_handler* handler_;
  exchange::state* seat_{nullptr};
};

} // namespace hive::net
