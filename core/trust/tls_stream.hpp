#pragma once
/// One TLS connection over a socket that does not block, and not one byte more of input than it is
/// allowed. Not thread-safe.

#include "core/base/result.hpp"
#include "core/store/disk_file.hpp"
#include "core/trust/established.hpp"

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
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
  /// One whose handshake is over.
  tls_stream(established from, std::size_t longest_input);
  ~tls_stream();
  tls_stream(const tls_stream&) = delete;
  tls_stream& operator=(const tls_stream&) = delete;

  tls_progress handshake();
  /// Appends what has come, at most `most` bytes of it.
  tls_progress read(std::string& into, std::size_t most = 4096);
  /// Takes all of `text` at once; `flush` sends what is left.
  tls_progress write(std::string_view text);
  /// Sends what is waiting.
  tls_progress flush();
  /// Says that nothing more comes from this side, once what waits has been sent; then `flush`.
  void say_end();
  /// Ends the sending direction and reads away what still comes: `done` when the other side has
  /// closed. Without it a reset could overtake our last words.
  tls_progress linger();
  /// Gives the connection away, its bound on input with it. The handshake is over, the other side
  /// showed a certificate, and nothing waits to be sent.
  established release();

  int socket() const noexcept { return socket_.get(); }
  const SSL* ssl() const noexcept { return ssl_.get(); }
  std::size_t received() const noexcept;
  const std::string& other() const noexcept { return other_; }
  const failure& why() const noexcept { return why_; }

 private:
  tls_progress settle(int result);
  tls_progress give_up(failure why);

  store::descriptor socket_;
  std::string other_;
  ssl_ptr ssl_;
  BIO* bio_{nullptr}; ///< the connection's
  std::string waiting_;
  std::size_t drained_{0};
  bool ends_{false};
  bool shut_{false};
  failure why_;
};

/// 64 hex characters that both ends of this very connection have, and nobody else.
std::string binding_of(SSL* connection);
/// The protocol that was agreed on in the handshake; empty: none.
std::string_view protocol_of(const SSL* connection) noexcept;
/// The errno of what failed last at its socket; 0: nothing did.
int socket_error(const SSL* connection) noexcept;

} // namespace hive::trust
