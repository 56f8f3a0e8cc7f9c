#pragma once
/// Bytes between OpenSSL and a socket that does not block: nothing is buffered here, no signal is
/// raised when the other side has gone, and no more is read than is allowed. For the sources of
/// this room only.

#include "core/trust/openssl.hpp"

#include <cstddef>

namespace hive::trust {

struct socket_state {
  int socket{-1};
  std::size_t longest_input{0}; ///< bytes that are read at most
  std::size_t received{0};
  int error{0};      ///< errno of what failed last; 0: nothing did
  bool ended{false}; ///< the other side has closed
  bool full{false};  ///< more came than is allowed
};

/// Does not own the socket. Owns its state.
openssl::bio make_socket_bio(int socket, std::size_t longest_input);
socket_state& state_of(BIO* made) noexcept;

} // namespace hive::trust
