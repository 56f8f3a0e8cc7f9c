#pragma once
/// The first word between a node and a program that is none but holds a certificate of the hive:
/// the node agrees or refuses, then the connection is CAF's. The program is no member: it greets
/// with no row, nobody dials it, and it is in no table.

#include "core/link/greeting.hpp"
#include "core/store/home.hpp"
#include "core/trust/established.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace hive::link {

/// Its name in TLS (ALPN), with the version of what CAF then carries.
inline constexpr std::string_view client_protocol = "hive-client/1";

// The node's side; does not block.
/// errc::connection_cut when the program is gone already.
result<trust::established> welcome_client(trust::established from);
void refuse_client(trust::established from, const refusal& why);

/// The program's side: dials the peer port at `address` ("host:port") with the certificate in
/// `home`, which may be any that joined the hive. Blocks until `until` at most. errc::no_hive,
/// unreachable, timed_out, tls_failed, foreign_hive, certificate_refused, node_revoked,
/// connection_cut; overloaded when the node has no room for another program.
result<trust::established> call_node(const store::home& home, const std::string& address,
                                     std::chrono::steady_clock::time_point until);

} // namespace hive::link
