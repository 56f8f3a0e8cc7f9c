#pragma once
/// The local networks of this machine, and a socket for multicast DNS on one of them. IPv4 only: an
/// interface without an IPv4 address is left out. Loopback and point-to-point links are no local
/// networks.

#include "core/base/result.hpp"
#include "core/discovery/announcement.hpp"
#include "core/store/disk_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::discovery {

inline constexpr std::size_t most_networks = 16;

struct network {
  struct range {
    std::uint32_t address{0}; ///< in host order
    std::uint32_t mask{0};
    friend bool operator==(const range&, const range&) = default;
  };
  unsigned index{0};
  std::string name; ///< "eth0"
  std::vector<range> ranges;
  std::vector<std::string> hosts; ///< this machine's addresses there, "10.1.2.3" or "[2001:db8::1]"

  /// Whether a machine with this IPv4 address (in host order) is on this network.
  bool holds(std::uint32_t address) const noexcept;
  friend bool operator==(const network&, const network&) = default;
};

/// Those that are up and take multicast, at most `most_networks`.
std::vector<network> local_networks();

/// Where a node whose peer port is bound to `listen` ("host:port") is reached on a network: at the
/// address it is bound to, if that is one of it, or for a wildcard at all of them. Pure.
std::vector<std::string> addresses_on(const network& where, std::string_view listen);

/// What is left of a sighting that came by way of a network: the IPv4 addresses that are none of
/// it are whoever's, and left out; of IPv6 ones that cannot be told. Empty when none remains but
/// in a farewell. Pure.
std::optional<sighting> heard_on(const network& where, sighting what);

/// Port 5353 of the multicast group, shared with other programs of this machine. It hears the group
/// on this network only, and nothing that was sent to this machine alone. errc::unreachable, whose
/// detail is "eth0: why".
result<store::descriptor> multicast_socket(const network& where);

/// The next datagram from port 5353 of a machine on this network, read into `buffer` (others are
/// dropped); empty when none waits. Looks at 32 datagrams at most.
std::optional<std::string_view> receive(int socket, const network& where, std::string& buffer);
/// To the group. What cannot be sent is lost, as on any network.
void send(int socket, std::string_view datagram);

} // namespace hive::discovery
