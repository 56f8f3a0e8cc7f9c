#pragma once
/// TCP sockets that do not block, for this room.

#include "core/base/result.hpp"
#include "core/store/disk_file.hpp"

#include <chrono>
#include <string>
#include <vector>

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

/// The numeric addresses of "host:port", also as "host:port". Asks the system's resolver, which may
/// take its time, unless only `numeric` ones are taken: then for a name it yields none.
/// errc::bad_request, errc::unreachable.
result<std::vector<std::string>> resolve(const std::string& address, bool numeric);
/// A connection to a numeric address, under way: writable when it is made or has failed. The error
/// is an errno.
tl::expected<store::descriptor, int> begin_connect(const std::string& numeric);
/// The errno it failed with; 0: it is made.
int connect_error(int socket) noexcept;

/// Tries every address of the name until one answers. errc::bad_request for what is no host:port,
/// errc::unreachable, errc::timed_out.
result<store::descriptor> connect_to(const std::string& address,
                                     std::chrono::steady_clock::time_point until);

/// Where others reach a socket that is bound to `address`: itself, or for a wildcard every address
/// of this machine's networks, at most `most`, loopback only when there is no other.
std::vector<std::string> reached_at(const std::string& address, std::size_t most);

/// Of "host:port" or "[v6]:port" the host, without brackets.
std::string host_of_peer(const std::string& address);

} // namespace hive::trust
