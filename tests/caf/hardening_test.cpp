// CAF's peer protocol against hostile bytes: what our patch (cmake/caf-0.18.7-hardening.patch)
// promises.

#include "tests/support/catch.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;

// Operations of the protocol's 32-byte header.
constexpr std::uint8_t server_handshake = 0;
constexpr std::uint8_t client_handshake = 1;
constexpr std::uint8_t direct_message = 2;

std::string header(std::uint8_t operation, std::uint32_t payload, std::uint64_t data = 0,
                   std::uint64_t from = 0, std::uint64_t to = 0) {
  std::string bytes(4, '\0');
  bytes[0] = static_cast<char>(operation);
  auto put = [&bytes](std::uint64_t v, int width) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
      bytes.push_back(static_cast<char>((v >> shift) & 0xff));
  };
  put(payload, 4);
  put(data, 8);
  put(from, 8);
  put(to, 8);
  return bytes;
}

class raw_peer {
 public:
  explicit raw_peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  }
  ~raw_peer() { ::close(fd_); }
  raw_peer(const raw_peer&) = delete;
  raw_peer& operator=(const raw_peer&) = delete;

  void say(const std::string& bytes) {
    (void)::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  /// Whether the other side closes within the limit, whatever it sends before.
  bool is_closed_within(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::array<char, 4096> sink{};
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      pollfd waiting{fd_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
        return false;
      if (::recv(fd_, sink.data(), sink.size(), 0) <= 0) return true;
    }
  }

 private:
  int fd_;
};

/// CAF wants its types known before the first actor system.
void know_types() {
  static const bool once = [] {
    caf::core::init_global_meta_objects();
    caf::io::middleman::init_global_meta_objects();
    return true;
  }();
  (void)once;
}

struct networked : caf::actor_system_config {
  explicit networked(std::chrono::milliseconds heartbeat, std::chrono::milliseconds timeout) {
    know_types();
    load<caf::io::middleman>();
    set("caf.scheduler.max-threads", 2);
    set("caf.middleman.heartbeat-interval", caf::timespan{heartbeat});
    set("caf.middleman.connection-timeout", caf::timespan{timeout});
  }
};

caf::behavior echoing() {
  return {[](std::uint64_t x) { return x; }};
}

/// A system that publishes an echo actor on a port of its own.
struct served {
  explicit served(std::chrono::milliseconds heartbeat = 0ms,
                  std::chrono::milliseconds timeout = 0ms)
    : config(heartbeat, timeout), system(config), actor(system.spawn(echoing)) {
    auto bound = system.middleman().publish(actor, 0, "127.0.0.1");
    REQUIRE(bound);
    port = *bound;
  }
  ~served() { caf::anon_send_exit(std::exchange(actor, nullptr), caf::exit_reason::user_shutdown); }

  bool answers_an_honest_peer(std::chrono::milliseconds heartbeat = 0ms) const {
    networked other{heartbeat, 0ms};
    caf::actor_system peer{other};
    auto remote = peer.middleman().remote_actor("127.0.0.1", port);
    if (!remote) return false;
    caf::scoped_actor self{peer};
    bool right = false;
    self->request(*remote, 5s, std::uint64_t{7})
        .receive([&right](std::uint64_t x) { right = x == 7; }, [](const caf::error&) {});
    return right;
  }

  networked config;
  caf::actor_system system;
  caf::actor actor;
  std::uint16_t port{0};
};

} // namespace

TEST_CASE("a handshake without payload is refused, not dereferenced") {
  served node;
  for (auto operation : {client_handshake, server_handshake}) {
    raw_peer stranger{node.port};
    stranger.say(header(operation, 0, 4));
    CHECK(stranger.is_closed_within(5s));
  }
  CHECK(node.answers_an_honest_peer());
}

TEST_CASE("a stranger that announces gigabytes is refused before memory is reserved") {
  served node;
  for (auto operation : {client_handshake, direct_message}) {
    raw_peer stranger{node.port};
    stranger.say(header(operation, 0xffffffff, 0, 0, operation == direct_message ? 7 : 0));
    CHECK(stranger.is_closed_within(5s));
  }
  CHECK(node.answers_an_honest_peer());
}

TEST_CASE("a stranger may do nothing but shake hands") {
  served node;
  raw_peer stranger{node.port};
  stranger.say(header(direct_message, 64, 0, 0, 7) + std::string(64, '\xff'));
  CHECK(stranger.is_closed_within(5s));
}

TEST_CASE("a server of another protocol version is refused") {
  served node;
  raw_peer stranger{node.port};
  stranger.say(header(server_handshake, 16, 99) + std::string(16, 'x'));
  CHECK(stranger.is_closed_within(5s));
}

TEST_CASE("a peer that never says a word is closed after the connection timeout") {
  served node{50ms, 300ms};
  raw_peer silent{node.port};
  CHECK(silent.is_closed_within(10s));
}

TEST_CASE("a connection timeout of zero means there is none") {
  served node{20ms, 0ms};
  raw_peer silent{node.port};
  CHECK_FALSE(silent.is_closed_within(200ms));
  CHECK(node.answers_an_honest_peer(20ms));
}

TEST_CASE("a broker that has ended bounces requests instead of keeping them") {
  networked config{0ms, 0ms};
  caf::actor_system system{config};
  auto broker = system.middleman().spawn_broker(
      [](caf::io::broker*) -> caf::behavior { return {[](std::uint64_t x) { return x; }}; });
  caf::scoped_actor self{system};
  self->send_exit(broker, caf::exit_reason::user_shutdown);
  self->wait_for(broker);
  caf::error reason;
  self->request(broker, 60s, std::uint64_t{7})
      .receive([](std::uint64_t) {}, [&reason](caf::error& got) { reason = std::move(got); });
  CHECK(reason == caf::sec::request_receiver_down);
}
