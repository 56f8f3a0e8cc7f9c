#include "core/trust/sockets.hpp"

#include "core/base/address.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace hive::trust {

namespace {

constexpr int backlog = 512;

struct list_free {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using address_list = std::unique_ptr<addrinfo, list_free>;

std::string unbracketed(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string{host};
}

struct lookup {
  address_list found;
  std::string trouble;
};

lookup look_up(const host_port& what, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(unbracketed(what.host).c_str(),
                                  std::to_string(*what.port).c_str(), &hints, &found);
  lookup out;
  out.found.reset(error == 0 ? found : nullptr);
  if (error != 0) out.trouble = ::gai_strerror(error);
  return out;
}

std::string text_of(const sockaddr* what, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getnameinfo(what, size, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return "?";
  const std::string name{host.data()};
  return (name.find(':') == std::string::npos ? name : '[' + name + ']') + ':' + port.data();
}

std::string text_of(const sockaddr_storage& what, socklen_t size) {
  return text_of(reinterpret_cast<const sockaddr*>(&what), size);
}

store::descriptor socket_for(const addrinfo& where) {
  store::descriptor out{::socket(where.ai_family, where.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                                 where.ai_protocol)};
  const int on = 1;
  if (out) ::setsockopt(out.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return out;
}

/// 0, or why it did not work.
int connect_one(const store::descriptor& socket, const addrinfo& where,
                std::chrono::steady_clock::time_point until) {
  if (!socket) return errno;
  if (::connect(socket.get(), where.ai_addr, where.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return ETIMEDOUT;
    pollfd wait{socket.get(), POLLOUT, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(left.count()));
    if (ready <= 0) continue;
    return connect_error(socket.get());
  }
}

result<lookup> addresses_of(const std::string& address, int flags) {
  const auto parts = split_address(address);
  if (!parts || !parts->port)
    return fail(errc::bad_request, "'" + address.substr(0, 64) + "' is not host:port",
                "give the --peer-listen address of a node of the hive");
  return look_up(*parts, flags);
}

} // namespace

int connect_error(int socket) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

result<std::vector<std::string>> resolve(const std::string& address, bool numeric) {
  HIVE_TRY(const auto where, addresses_of(address, numeric ? AI_NUMERICHOST : 0));
  std::vector<std::string> out;
  for (const auto* one = where.found.get(); one != nullptr; one = one->ai_next)
    out.push_back(text_of(one->ai_addr, one->ai_addrlen));
  if (out.empty() && !numeric) return fail(errc::unreachable, address + ": " + where.trouble);
  return out;
}

tl::expected<store::descriptor, int> begin_connect(const std::string& numeric) {
  const auto where = addresses_of(numeric, AI_NUMERICHOST);
  if (!where || !where->found) return tl::unexpected{EADDRNOTAVAIL};
  auto socket = socket_for(*where->found);
  if (socket && (::connect(socket.get(), where->found->ai_addr, where->found->ai_addrlen) == 0 ||
                 errno == EINPROGRESS))
    return socket;
  return tl::unexpected{errno};
}

result<bound_socket> listen_at(const std::string& address) {
  const auto refuse = [&](errc code, const std::string& why) {
    return fail(code, "cannot listen for peers on '" + address + "': " + why,
                "give host:port with --peer-listen, for example 0.0.0.0:7836");
  };
  const auto parts = split_address(address);
  if (!parts || !parts->port) return refuse(errc::bad_config, "it is not host:port");
  const auto where = look_up(*parts, AI_PASSIVE);
  if (!where.found) return refuse(errc::bad_config, where.trouble);
  auto socket = socket_for(*where.found);
  const int on = 1;
  const bool done = socket &&
                    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                    ::bind(socket.get(), where.found->ai_addr, where.found->ai_addrlen) == 0 &&
                    ::listen(socket.get(), backlog) == 0;
  if (!done && errno == EADDRINUSE) return refuse(errc::port_in_use, "another process has it");
  if (!done) return refuse(errc::bad_config, std::strerror(errno));
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size);
  return bound_socket{std::move(socket), text_of(bound, size)};
}

tl::expected<accepted_socket, int> accept_one(int door) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  store::descriptor socket{
      ::accept4(door, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (!socket) return tl::unexpected{errno};
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return accepted_socket{std::move(socket), text_of(from, size)};
}

result<store::descriptor> connect_to(const std::string& address,
                                     std::chrono::steady_clock::time_point until) {
  HIVE_TRY(const auto where, addresses_of(address, 0));
  if (!where.found) return fail(errc::unreachable, address + ": " + where.trouble);
  int error = 0;
  for (const auto* one = where.found.get(); one != nullptr; one = one->ai_next) {
    auto socket = socket_for(*one);
    error = connect_one(socket, *one, until);
    if (error == 0) return socket;
  }
  return fail(error == ETIMEDOUT ? errc::timed_out : errc::unreachable,
              address + ": " + std::strerror(error),
              "check the address, and that a node runs there with --peer-listen");
}

std::vector<std::string> reached_at(const std::string& address, std::size_t most) {
  const auto host = host_of_peer(address);
  if (host != "0.0.0.0" && host != "::") return {address};
  const auto port = address.substr(address.rfind(':'));
  std::vector<std::string> out;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return out;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> held{all, &::freeifaddrs};
  for (const auto* one = all; one != nullptr && out.size() < most; one = one->ifa_next) {
    const bool usable = one->ifa_addr != nullptr && (one->ifa_flags & IFF_UP) != 0 &&
                        (one->ifa_flags & IFF_LOOPBACK) == 0;
    if (!usable) continue;
    const auto family = one->ifa_addr->sa_family;
    if (family != AF_INET && (family != AF_INET6 || host == "0.0.0.0")) continue;
    const auto size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    const auto text = text_of(one->ifa_addr, static_cast<socklen_t>(size));
    // A link-local address means nothing to others.
    if (text == "?" || text.starts_with("[fe80")) continue;
    out.push_back(text.substr(0, text.rfind(':')) + port);
  }
  if (out.empty()) out.push_back((host == "::" ? "[::1]" : "127.0.0.1") + port);
  return out;
}

std::string host_of_peer(const std::string& address) {
  const auto parts = split_address(address);
  return parts ? unbracketed(parts->host) : address;
}

} // namespace hive::trust
