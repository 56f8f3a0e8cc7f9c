#pragma once
/// A connection with a node of the own hive, its TLS handshake behind it: what the peer port hands
/// to whoever speaks the protocol that was agreed on.

#include "core/store/disk_file.hpp"
#include "core/trust/verify.hpp"

#include <openssl/types.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace hive::trust {

// Names in TLS (ALPN).
inline constexpr std::string_view peer_protocol = "hive-peer/1"; ///< actors' messages
inline constexpr std::string_view bytes_protocol = "http/1.1";   ///< pieces of contents

struct ssl_free {
  void operator()(SSL* s) const noexcept;
};
using ssl_ptr = std::unique_ptr<SSL, ssl_free>;

/// The socket does not block. What `ssl` reads comes from the socket alone: nothing is buffered
/// outside of it, and its BIO may be replaced. Verified: signed by the hive's authority, not
/// revoked.
struct established {
  store::descriptor socket;
  ssl_ptr ssl; ///< gone before the socket
  peer_identity peer;
  std::string from; ///< "host:port"
};

/// Called on the peer port's thread; must not block. Takes the connection over for good.
using taker = std::function<void(established)>;
using takers = std::map<std::string, taker, std::less<>>; ///< by protocol

} // namespace hive::trust
