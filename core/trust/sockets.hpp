#pragma once
/// TCP sockets that do not block, for this room.

#include "core/base/result.hpp"
#include "core/store/disk_file.hpp"

#include <chrono>
#include <string>

namespace hive::trust {

struct bound_socket {
  store::descriptor socket;
  std::string address; ///< "host:port" with the port that was really taken
};
/// errc::bad_config, errc::port_in_use.
result<bound_socket> listen_at(const std::string& address);

struct accepted_socket {
  store::descriptor socket;
  std::string from; ///< "host:port"
};
/// The error is an errno; EAGAIN when nobody waits.
tl::expected<accepted_socket, int> accept_one(int door);

/// Tries every address of the name until one answers. errc::bad_request for what is no host:port,
/// errc::unreachable, errc::timed_out.
result<store::descriptor> connect_to(const std::string& address,
                                     std::chrono::steady_clock::time_point until);

/// Of "host:port" or "[v6]:port" the host, without brackets.
std::string host_of_peer(const std::string& address);

} // namespace hive::trust
