#pragma once
/// Notices that a server asks for a client certificate. It says so during the handshake only; what
/// it answers to a client that has none (a 400, an alert, a closed connection) need not tell.

#include "core/net/origin_book.hpp"

#include <curl/curl.h>

namespace hive::net {

/// Where a hop's handshake is noted; must live as long as the hop. What outlives the hop (curl
/// keeps connections) holds a copy.
struct certificate_wish {
  origin_book* book{nullptr}; ///< outlives every connection
  origin where;
};

/// Lets the handshakes of `easy` write into `wish.book`. Does nothing where curl's TLS is not
/// OpenSSL.
void watch_handshakes(CURL* easy, certificate_wish& wish);

} // namespace hive::net
