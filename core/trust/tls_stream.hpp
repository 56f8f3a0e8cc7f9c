#pragma once
/// One TLS connection over a socket that does not block, and not one byte more of input than it is
/// allowed. Not thread-safe.

#include "core/base/result.hpp"
#include "core/store/disk_file.hpp"

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hive::trust {

enum class tls_progress : std::uint8_t {
  done,
  wants_read,  ///< call again when the socket has something
  wants_write, ///< call again when the socket takes something
  ended,       ///< the other side closed in order
  failed,      ///< `why` says it
};

class tls_stream {
 public:
  /// The socket must be non-blocking. `other` names the other side in errors. `longest_input`: raw
  /// bytes that are read at most, handshake included.
  tls_stream(SSL_CTX* context, bool accepts, store::descriptor socket, std::string other,
             std::size_t longest_input);
  ~tls_stream();
  tls_stream(const tls_stream&) = delete;
  tls_stream& operator=(const tls_stream&) = delete;

  tls_progress handshake();
  /// Appends what has come.
  tls_progress read(std::string& into);
  /// Takes all of `text` at once; `flush` sends it.
  tls_progress write(std::string_view text);
  /// Sends what is waiting, alerts of a failure too.
  tls_progress flush();
  /// Says that nothing more comes from this side; then `flush`.
  void say_end();
  /// Ends the sending direction and reads away what still comes: `done` when the other side has
  /// closed. Without it a reset could overtake our last words.
  tls_progress linger();

  int socket() const noexcept { return socket_.get(); }
  const SSL* ssl() const noexcept { return ssl_.get(); }
  std::size_t received() const noexcept { return received_; }
  const std::string& other() const noexcept { return other_; }
  const failure& why() const noexcept { return why_; }

 private:
  tls_progress fill();
  tls_progress settle(int result);
  tls_progress give_up(failure why);

  struct ssl_free {
    void operator()(SSL* s) const noexcept;
  };
  store::descriptor socket_;
  std::string other_;
  std::size_t longest_input_;
  std::size_t received_{0};
  std::size_t drained_{0};
  bool shut_{false};
  std::unique_ptr<SSL, ssl_free> ssl_;
  BIO* in_{nullptr};  ///< the connection's
  BIO* out_{nullptr}; ///< the connection's
  failure why_;
};

} // namespace hive::trust
