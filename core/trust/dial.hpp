#pragma once
/// Opening TLS connections with nodes. Blocks the calling thread, with a deadline.

#include "core/trust/tls_stream.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace hive::trust {

using dial_deadline = std::chrono::steady_clock::time_point;

/// A connection with the node at `address` ("host:port"), the handshake behind it as far as this
/// side can tell: a refusal of our certificate comes with the first read. `longest_input` as for
/// tls_stream. errc::bad_request, unreachable, timed_out, and what a handshake fails with.
result<std::unique_ptr<tls_stream>> dial(SSL_CTX* context, const std::string& address,
                                         dial_deadline until, std::size_t longest_input);

/// Repeats `step` until it is done, waiting for the socket in between. errc::timed_out,
/// connection_cut.
outcome drive(tls_stream& stream, dial_deadline until, const std::function<tls_progress()>& step);

} // namespace hive::trust
