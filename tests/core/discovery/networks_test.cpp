#include "core/discovery/networks.hpp"
#include "tests/core/discovery/nodes.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <random>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

using namespace hive;
using namespace hive::discovery;
using namespace hive::discovery::test;

namespace {

constexpr int patience_ms = 10'000;
constexpr network::range loopback_range{0x7f000001, 0xff000000};
constexpr network::range anywhere{0, 0};

network loopback(network::range range) {
  return {::if_nametoindex("lo"), "lo", {range}, {"127.0.0.1"}};
}

sockaddr_in address(const char* host, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &out.sin_addr);
  return out;
}

/// A plain socket that sends to groups by way of loopback, bound to this.
store::descriptor sender(const char* host, std::uint16_t port) {
  store::descriptor out{::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const auto at = address(host, port);
  const int on = 1;
  ip_mreqn by{};
  by.imr_ifindex = static_cast<int>(::if_nametoindex("lo"));
  ::setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(out.get(), IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof by);
  if (::bind(out.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) return {};
  return out;
}

void send_from(const store::descriptor& socket, const char* group, std::uint16_t port,
               const std::string& datagram) {
  const auto to = address(group, port);
  REQUIRE(::sendto(socket.get(), datagram.data(), datagram.size(), 0,
                   reinterpret_cast<const sockaddr*>(&to),
                   sizeof to) == static_cast<ssize_t>(datagram.size()));
}

bool waits(int socket) {
  pollfd one{socket, POLLIN, 0};
  return ::poll(&one, 1, patience_ms) == 1;
}

/// By a group and a port of its own, so that what is under test has no say.
bool loopback_takes_multicast() {
  constexpr auto group = "239.255.77.77";
  const auto listener = sender("0.0.0.0", 0);
  ip_mreqn membership{};
  membership.imr_multiaddr = address(group, 0).sin_addr;
  membership.imr_ifindex = static_cast<int>(::if_nametoindex("lo"));
  if (::setsockopt(listener.get(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) !=
      0)
    return false;
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&own), &size);
  const auto to = address(group, ntohs(own.sin_port));
  pollfd one{listener.get(), POLLIN, 0};
  return ::sendto(listener.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) ==
             1 &&
         ::poll(&one, 1, 1000) == 1;
}

/// No datagram of multicast DNS, and no other test's.
std::string words(const std::string& what) {
  static const auto run = std::to_string(std::random_device{}());
  return "hive-test-" + run + "-" + what;
}

/// What is heard of `words` until `last` is, in order.
std::vector<std::string> heard(const store::descriptor& socket, const network& where,
                               const std::string& last, std::size_t longest = 9000) {
  std::vector<std::string> out;
  std::string buffer(longest, '\0');
  while (out.empty() || out.back() != last) {
    REQUIRE(waits(socket.get()));
    while (const auto datagram = receive(socket.get(), where, buffer))
      if (datagram->starts_with(words(""))) out.emplace_back(*datagram);
  }
  return out;
}

} // namespace

TEST_CASE("what is sent on a network is heard there by all of this machine that listen") {
  if (!loopback_takes_multicast()) {
    WARN("loopback takes no multicast here");
    return;
  }
  const auto where = loopback(anywhere);
  const auto one = multicast_socket(where);
  const auto other = multicast_socket(where);
  REQUIRE(one);
  REQUIRE(other);
  send(one->get(), words("first"));
  send(other->get(), words("last"));
  const std::vector<std::string> all{words("first"), words("last")};
  CHECK(heard(*one, where, words("last")) == all);
  CHECK(heard(*other, where, words("last")) == all);
}

TEST_CASE("a socket is in no group of which the system picks one to hear a datagram") {
  if (!loopback_takes_multicast()) {
    WARN("loopback takes no multicast here");
    return;
  }
  const auto socket = multicast_socket(loopback(anywhere));
  REQUIRE(socket);
  int chosen_from = -1;
  socklen_t size = sizeof chosen_from;
  REQUIRE(::getsockopt(socket->get(), SOL_SOCKET, SO_REUSEPORT, &chosen_from, &size) == 0);
  CHECK(chosen_from == 0);
}

TEST_CASE("what is from another port, from elsewhere or too long is not heard") {
  if (!loopback_takes_multicast()) {
    WARN("loopback takes no multicast here");
    return;
  }
  const auto where = loopback(loopback_range);
  const auto socket = multicast_socket(where);
  REQUIRE(socket);
  const auto other_port = sender("127.0.0.1", 0);
  const auto here = sender("127.0.0.1", 5353);
  const auto there = sender("127.0.0.2", 5353);
  REQUIRE(other_port);
  REQUIRE(here);
  REQUIRE(there);
  const auto tell = [](const store::descriptor& from, const std::string& what) {
    send_from(from, "224.0.0.251", 5353, what);
  };
  constexpr std::size_t longest = 64;
  tell(here, words("one"));
  tell(other_port, words("other port"));
  tell(here, words("") + std::string(longest, 'x'));
  tell(there, words("same network"));
  tell(here, words("last"));
  CHECK(heard(*socket, where, words("last"), longest) ==
        std::vector<std::string>{words("one"), words("same network"), words("last")});
  const auto narrow = loopback({0x7f000001, 0xffffffff});
  tell(there, words("from elsewhere"));
  tell(here, words("last"));
  CHECK(heard(*socket, narrow, words("last")) == std::vector<std::string>{words("last")});
}

TEST_CASE("a network that is not there says so, by its name") {
  const auto got = multicast_socket({2'000'000'000, "gone0", {anywhere}, {}});
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::unreachable);
  CHECK(got.why().detail.starts_with("gone0: "));
}

TEST_CASE("only addresses of the network on which they were heard are kept") {
  const network eth0{2, "eth0", {{0x0a000001, 0xffffff00}, {0xc0a80101, 0xffff0000}}, {}};
  struct row {
    std::vector<std::string> said, kept;
  };
  const row table[] = {
      {{"10.0.0.7:1"}, {"10.0.0.7:1"}},
      {{"192.168.77.1:1"}, {"192.168.77.1:1"}},
      {{"10.0.1.7:1", "10.0.0.7:1", "8.8.8.8:53"}, {"10.0.0.7:1"}},
      {{"[2001:db8::1]:1", "10.0.1.7:1"}, {"[2001:db8::1]:1"}},
  };
  for (const auto& one : table) {
    const auto got = heard_on(eth0, {node(1), one.said, usual_life});
    REQUIRE(got);
    CHECK(*got == sighting{node(1), one.kept, usual_life});
  }
  CHECK_FALSE(heard_on(eth0, {node(1), {"10.0.1.7:1"}, usual_life}));
  // A farewell says nothing of where.
  CHECK(heard_on(eth0, {node(1), {"10.0.1.7:1"}, {}}));
}

TEST_CASE("a node is reached on a network at the addresses it listens at there") {
  const network lan{2, "eth0", {{0x0a000001, 0xffffff00}}, {"10.0.0.1", "[2001:db8::1]"}};
  struct row {
    const char* listen;
    std::vector<std::string> there;
  };
  const row table[] = {
      {"0.0.0.0:7836", {"10.0.0.1:7836"}},
      {"[::]:7836", {"10.0.0.1:7836", "[2001:db8::1]:7836"}},
      {"10.0.0.1:1", {"10.0.0.1:1"}},
      {"[2001:db8::1]:1", {"[2001:db8::1]:1"}},
      {"10.0.0.2:7836", {}},
      {"127.0.0.1:7836", {}},
      {"", {}},
  };
  for (const auto& one : table) CHECK(addresses_on(lan, one.listen) == one.there);
  CHECK(lan.holds(0x0a0000fe));
  CHECK_FALSE(lan.holds(0x0a000101));
}
