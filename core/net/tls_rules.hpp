#pragma once
/// Whom a request's TLS trusts, where that is not for the system's authorities to say: the peers of
/// a hive. Called on the loop thread.

#include "core/base/result.hpp"

#include <openssl/types.h>

#include <string>

namespace hive::net {

class tls_rules {
 public:
  virtual ~tls_rules() = default;

  /// Sets up the context of a connection that is about to be opened; a failure ends the exchange.
  virtual outcome prepare(SSL_CTX* context) const = 0;
  /// Looks at an open connection, a kept one too, before the request is sent: is it whom is asked?
  virtual outcome check(const SSL* connection) const = 0;
  /// The file of the certificate that is shown: connections made with different ones are never
  /// taken for each other.
  virtual const std::string& certificate() const noexcept = 0;
};

} // namespace hive::net
