#include "core/discovery/networks.hpp"

#include "core/base/address.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace hive::discovery {

namespace {

constexpr std::uint16_t mdns_port = 5353;
constexpr std::uint32_t mdns_group = 0xe00000fb; ///< 224.0.0.251
constexpr int most_drops = 32;

sockaddr_in group_address() {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(mdns_port);
  out.sin_addr.s_addr = htonl(mdns_group);
  return out;
}

bool is_local_network(const ifaddrs& one) {
  constexpr unsigned wanted = IFF_UP | IFF_RUNNING | IFF_MULTICAST;
  return one.ifa_addr != nullptr && (one.ifa_flags & wanted) == wanted &&
         (one.ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT)) == 0;
}

std::uint32_t host_order(const sockaddr* what) {
  sockaddr_in in{};
  std::memcpy(&in, what, sizeof in);
  return ntohl(in.sin_addr.s_addr);
}

std::string text_of_address(const sockaddr* what) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (what->sa_family == AF_INET) {
    const in_addr raw{htonl(host_order(what))};
    return ::inet_ntop(AF_INET, &raw, text.data(), text.size());
  }
  sockaddr_in6 in{};
  std::memcpy(&in, what, sizeof in);
  if (IN6_IS_ADDR_LINKLOCAL(&in.sin6_addr)) return {};
  return "[" + std::string{::inet_ntop(AF_INET6, &in.sin6_addr, text.data(), text.size())} + "]";
}

void take_address(network& to, const ifaddrs& from) {
  const auto family = from.ifa_addr->sa_family;
  if (family != AF_INET && family != AF_INET6) return;
  if (auto host = text_of_address(from.ifa_addr); !host.empty())
    to.hosts.push_back(std::move(host));
  if (family == AF_INET && from.ifa_netmask != nullptr)
    to.ranges.push_back({host_order(from.ifa_addr), host_order(from.ifa_netmask)});
}

/// Of "host:port"; empty for IPv6.
std::optional<std::uint32_t> v4_of(const std::string& address) {
  const auto parts = split_address(address);
  in_addr raw{};
  if (!parts || ::inet_pton(AF_INET, std::string{parts->host}.c_str(), &raw) != 1)
    return std::nullopt;
  return ntohl(raw.s_addr);
}

template <class T>
bool set_option(const store::descriptor& socket, int layer, int option, const T& value) {
  return ::setsockopt(socket.get(), layer, option, &value, sizeof value) == 0;
}

} // namespace

bool network::holds(std::uint32_t address) const noexcept {
  return std::ranges::any_of(
      ranges, [&](const range& one) { return ((one.address ^ address) & one.mask) == 0; });
}

std::vector<network> local_networks() {
  std::vector<network> out;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return out;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> held{all, &::freeifaddrs};
  for (const auto* one = all; one != nullptr; one = one->ifa_next) {
    if (!is_local_network(*one)) continue;
    auto at = std::ranges::find(out, one->ifa_name, &network::name);
    if (at == out.end()) {
      if (out.size() >= most_networks) continue;
      out.push_back({::if_nametoindex(one->ifa_name), one->ifa_name, {}, {}});
      at = std::prev(out.end());
    }
    take_address(*at, *one);
  }
  std::erase_if(out, [](const network& one) { return one.ranges.empty() || one.index == 0; });
  return out;
}

std::vector<std::string> addresses_on(const network& where, std::string_view listen) {
  const auto parts = split_address(listen);
  if (!parts || !parts->port) return {};
  const bool all = parts->host == "[::]";
  const bool all_v4 = parts->host == "0.0.0.0";
  std::vector<std::string> out;
  for (const auto& host : where.hosts)
    if (host == parts->host || all || (all_v4 && !host.starts_with('[')))
      out.push_back(host + ":" + std::to_string(*parts->port));
  return out;
}

std::optional<sighting> heard_on(const network& where, sighting what) {
  std::erase_if(what.addresses, [&](const std::string& one) {
    const auto four = v4_of(one);
    return four && !where.holds(*four);
  });
  if (what.addresses.empty() && what.lasts.count() > 0) return std::nullopt;
  return what;
}

result<store::descriptor> multicast_socket(const network& where) {
  store::descriptor out{::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int on = 1;
  const int off = 0;
  const int hops = 255;
  ip_mreqn membership{};
  membership.imr_multiaddr.s_addr = htonl(mdns_group);
  membership.imr_ifindex = static_cast<int>(where.index);
  const auto group = group_address();
  // Bound to the group, it gets no datagram that is meant for another program's socket alone.
  // SO_REUSEADDR is enough to share the port. With SO_REUSEPORT on top, Linux gives a datagram to
  // any one of this user's sockets that have it, on whichever network that one is to listen.
  const bool done =
      out && set_option(out, SOL_SOCKET, SO_REUSEADDR, on) &&
      ::bind(out.get(), reinterpret_cast<const sockaddr*>(&group), sizeof group) == 0 &&
      set_option(out, IPPROTO_IP, IP_MULTICAST_ALL, off) &&
      set_option(out, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership) &&
      set_option(out, IPPROTO_IP, IP_MULTICAST_IF, membership) &&
      set_option(out, IPPROTO_IP, IP_MULTICAST_TTL, hops) &&
      set_option(out, IPPROTO_IP, IP_MULTICAST_LOOP, on); // nodes of one machine hear each other
  if (done) return out;
  return fail(errc::unreachable, where.name + ": " + std::strerror(errno));
}

std::optional<std::string_view> receive(int socket, const network& where, std::string& buffer) {
  for (int i = 0; i < most_drops; ++i) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto got = ::recvfrom(socket, buffer.data(), buffer.size(), MSG_TRUNC,
                                reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    const bool good = ntohs(from.sin_port) == mdns_port &&
                      where.holds(ntohl(from.sin_addr.s_addr)) &&
                      static_cast<std::size_t>(got) <= buffer.size();
    if (good) return std::string_view{buffer}.substr(0, static_cast<std::size_t>(got));
  }
  return std::nullopt;
}

void send(int socket, std::string_view datagram) {
  const auto group = group_address();
  static_cast<void>(::sendto(socket, datagram.data(), datagram.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&group), sizeof group));
}

} // namespace hive::discovery
