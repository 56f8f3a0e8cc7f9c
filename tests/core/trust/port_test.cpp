#include "core/trust/attempts.hpp"
#include "core/trust/join_client.hpp"
#include "core/trust/openssl.hpp"
#include "core/trust/peer_port.hpp"
#include "core/trust/renewal.hpp"
#include "core/trust/sockets.hpp"
#include "core/trust/tls_stream.hpp"
#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

using namespace hive;
using namespace hive::trust;
using namespace hive::trust::test;
using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

struct stage {
  explicit stage(peer_port_options options = {}) {
    options.listen = "127.0.0.1:0";
    options.home = hive.home.where;
    options.members = [] { return std::vector<std::string>{"other:1"}; };
    auto opened = peer_port::open(std::move(options));
    REQUIRE(opened);
    door = std::move(*opened);
  }

  result<join_grant> join(const join_token& token, const key_pair& key = fresh_key(),
                          const node_id& who = fresh_node()) const {
    auto node = joiner::with_token(token, key, {who, "guest"});
    if (!node) return node.why();
    return converse(*node, door->address(), std::nullopt, 10s);
  }
  join_token token(std::uint64_t uses = 1) { return *hive.hive.create_token({1h, uses}, now); }

  founder hive;
  std::unique_ptr<peer_port> door;
};

store::descriptor dial(const std::string& address) {
  auto socket = connect_to(address, steady::now() + 5s);
  REQUIRE(socket);
  return std::move(*socket);
}

/// Sends, then reads until the other side closes or the time is over.
struct ending {
  std::string said;
  bool closed{false};
};
ending talk(const store::descriptor& socket, const std::string& bytes,
            std::chrono::milliseconds limit) {
  ending out;
  const auto until = steady::now() + limit;
  std::size_t sent = 0;
  while (steady::now() < until) {
    pollfd wait{socket.get(), static_cast<short>(sent < bytes.size() ? POLLIN | POLLOUT : POLLIN),
                0};
    ::poll(&wait, 1, 100);
    if (sent < bytes.size()) {
      const auto n = ::send(socket.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n > 0) sent += static_cast<std::size_t>(n);
    }
    char buffer[4096];
    const auto got = ::recv(socket.get(), buffer, sizeof buffer, 0);
    if (got > 0) out.said.append(buffer, static_cast<std::size_t>(got));
    out.closed = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    if (out.closed) break;
  }
  return out;
}

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator{"/proc/self/fd"})
    ++count;
  return count;
}

std::size_t resident_kib() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  return static_cast<std::size_t>(use.ru_maxrss);
}

bool settles(const std::function<bool()>& good) {
  const auto until = steady::now() + 10s;
  while (!good() && steady::now() < until) std::this_thread::yield();
  return good();
}

} // namespace

TEST_CASE("a node joins over TLS, gets its certificate and the members' addresses") {
  stage at;
  const auto key = fresh_key();
  const auto who = fresh_node();
  const auto token = at.token();
  const auto grant = at.join(token, key, who);
  REQUIRE(grant);
  CHECK(grant->members == std::vector<std::string>{at.door->address(), "other:1"});
  // A lost answer is asked for again; another node is too late.
  CHECK(at.join(token, key, who));
  const auto late = at.join(token);
  REQUIRE_FALSE(late);
  CHECK(late.why().code == errc::token_used_up);
  CHECK(settles([&] { return at.door->counts().refused == 1; }));
  CHECK(at.door->counts().granted == 2);
}

TEST_CASE("a token of another hive ends the conversation before its secret is sent") {
  stage at, other;
  const auto foreign = other.token();
  const auto got = at.join(foreign);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::foreign_hive);
  CHECK(got.why().hint.find("secret was not sent") != std::string::npos);
  CHECK(settles([&] { return at.door->counts().failed == 1; }));
  CHECK(at.door->counts().refused == 0);
}

TEST_CASE("a certificate is renewed by itself, and a revoked one says so at both ends") {
  stage at;
  store::test::scratch_home home;
  const auto key = hive_folder::joining_key(home.where);
  const auto who = fresh_node();
  const auto grant = at.join(at.token(), *key, who);
  REQUIRE(grant);
  REQUIRE(hive_folder::settle(home.where, *grant, wall_now()));
  CHECK_FALSE(renew_if_due(home.where, "guest", now).value());
  const auto before = hive_folder::open(home.where)->chain().own.serial();
  CHECK(renew_if_due(home.where, "guest", now + 61 * 24h).value());
  CHECK(hive_folder::open(home.where)->chain().own.serial() != before);
  REQUIRE(at.hive.hive.revoke(who, "stolen", now));
  const auto refused = renew_if_due(home.where, "guest", now + 61 * 24h);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::node_revoked);
}

TEST_CASE("the founder renews its own certificate") {
  founder at;
  const auto before = at.hive.chain().own.serial();
  CHECK_FALSE(renew_if_due(at.home.where, "first", now + 59 * 24h).value());
  CHECK(renew_if_due(at.home.where, "first", now + 61 * 24h).value());
  CHECK(hive_folder::open(at.home.where)->chain().own.serial() != before);
}

TEST_CASE("who fails again and again is told to wait") {
  stage at;
  auto wrong = at.token();
  wrong.secret.assign(join_token::secret_size, 'x');
  for (int i = 0; i < attempts::burst; ++i) CHECK(at.join(wrong).why().code == errc::token_unknown);
  const auto barred = at.join(wrong);
  REQUIRE_FALSE(barred);
  CHECK(barred.why().code == errc::overloaded);
  CHECK(barred.why().retry_after.value_or(0s) > 0s);
}

TEST_CASE("what is not TLS 1.3 for a join is closed at once") {
  stage at;
  const auto close_to = [&](const std::string& bytes) {
    return talk(dial(at.door->address()), bytes, 4s).closed;
  };
  CHECK(close_to("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(close_to(std::string(100, '\0')));
  CHECK(close_to(std::string(4000, '\xff')));
  // A record of the largest kind, announced as a ClientHello of 16 MiB.
  std::string bomb{"\x16\x03\x01\x40\x00\x01\xff\xff\xff", 9};
  CHECK(close_to(bomb + std::string(64 << 10, 'x')));
  CHECK(settles([&] { return at.door->counts().open == 0; }));
  CHECK(at.door->counts().failed == 4);
  CHECK(at.join(at.token()));
}

TEST_CASE("TLS 1.2 and other protocols are refused with an alert the client understands") {
  stage at;
  const auto shake = [&](int version, const char* protocol) {
    const openssl::ssl_context context{SSL_CTX_new(TLS_client_method())};
    SSL_CTX_set_max_proto_version(context.get(), version);
    const auto offer =
        std::string(1, static_cast<char>(std::string_view{protocol}.size())) + protocol;
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(offer.data()),
                            static_cast<unsigned>(offer.size()));
    tls_stream stream{context.get(), false, dial(at.door->address()), "the door", 64 << 10};
    auto how = stream.handshake();
    while (how == tls_progress::wants_read || how == tls_progress::wants_write) {
      pollfd wait{stream.socket(), POLLIN, 0};
      ::poll(&wait, 1, 5000);
      how = stream.handshake();
    }
    return how == tls_progress::failed ? stream.why().detail : std::string{};
  };
  CHECK(shake(TLS1_2_VERSION, "hive-join/1").find("does not speak") != std::string::npos);
  CHECK(shake(TLS1_3_VERSION, "h2").find("no peer of this kind") != std::string::npos);
}

TEST_CASE("a slow handshake has 5 s, here half a second, and then is over") {
  peer_port_options options;
  options.deadline = 500ms;
  stage at{std::move(options)};
  const auto began = steady::now();
  const auto slow = talk(dial(at.door->address()), std::string{"\x16\x03\x01", 3}, 5s);
  CHECK(slow.closed);
  CHECK(steady::now() - began >= 400ms);
  CHECK(settles([&] { return at.door->counts().late == 1; }));
}

TEST_CASE("input beyond 16 KiB ends a connection, in the handshake and after it") {
  stage at;
  // A handshake message that goes on and on in small records.
  std::string endless{"\x16\x03\x01\x00\xff\x01\x01\xff\xff", 9};
  endless += std::string(251, 'a');
  for (int i = 0; i < 300; ++i)
    endless += std::string{"\x16\x03\x01\x00\xff", 5} + std::string(255, 'a');
  CHECK(talk(dial(at.door->address()), endless, 4s).closed);
  CHECK(settles([&] { return at.door->counts().failed == 1; }));

  const openssl::ssl_context context{SSL_CTX_new(TLS_client_method())};
  REQUIRE(use(context.get(), at.hive.hive.chain().authority.fingerprint()));
  const std::string offer = "\x0bhive-join/1";
  SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(offer.data()),
                          static_cast<unsigned>(offer.size()));
  tls_stream stream{context.get(), false, dial(at.door->address()), "the door", 64 << 10};
  auto how = stream.handshake();
  while (how == tls_progress::wants_read) {
    pollfd wait{stream.socket(), POLLIN, 0};
    ::poll(&wait, 1, 5000);
    how = stream.handshake();
  }
  REQUIRE(how == tls_progress::done);
  // A message of 1 GiB, announced only: refused by its length.
  stream.write(std::string_view{"\x40\0\0\0", 4});
  std::string answer;
  how = stream.read(answer);
  while (how == tls_progress::wants_read) {
    pollfd wait{stream.socket(), POLLIN, 0};
    ::poll(&wait, 1, 5000);
    how = stream.read(answer);
  }
  CHECK(answer.find("too_large") != std::string::npos);
}

TEST_CASE("a thousand silent sockets cost 64 places and keep nobody out") {
  stage at;
  const auto token = at.token(3);
  REQUIRE(at.join(token)); // what is allocated once is allocated
  const auto files = open_files();
  [[maybe_unused]] const auto memory = resident_kib();
  std::vector<store::descriptor> idle;
  for (int i = 0; i < 1000; ++i) idle.push_back(dial(at.door->address()));
  CHECK(settles([&] { return at.door->counts().accepted == 1001; }));
  CHECK(at.door->counts().open <= 64);
  CHECK(at.door->counts().displaced > 0); // the rest were over in time, on a slow machine
  // Each of ours is one descriptor; the door's are 64 at most.
  CHECK(open_files() <= files + 1000 + 64);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // both keep what was freed
  CHECK(resident_kib() <= memory + 16 * 1024);
#endif
  const auto began = steady::now();
  CHECK(at.join(token));
  CHECK(steady::now() - began < 4s);
  // Also while others keep coming.
  std::atomic<bool> enough{false};
  std::thread flood{[&] {
    while (!enough) {
      auto one = connect_to(at.door->address(), steady::now() + 1s);
      static_cast<void>(one);
    }
  }};
  const auto honest = at.join(token);
  enough = true;
  flood.join();
  CHECK(honest);
}

TEST_CASE("nobody is sent away for the next one before there was time to speak") {
  peer_port_options options;
  options.most_open = 2;
  options.deadline = 60s;
  options.grace = 60s;
  stage at{std::move(options)};
  auto first = dial(at.door->address());
  const auto second = dial(at.door->address());
  REQUIRE(settles([&] { return at.door->counts().open == 2; }));
  // The system has taken it, the door has not.
  const auto third = dial(at.door->address());
  first.close();
  CHECK(settles([&] { return at.door->counts().accepted == 3; }));
  CHECK(settles([&] { return at.door->counts().open == 2; }));
  CHECK(at.door->counts().displaced == 0);
}

TEST_CASE("a door does not open on a home without a hive, nor twice on one port") {
  store::test::scratch_home home;
  peer_port_options options;
  options.listen = "127.0.0.1:0";
  options.home = home.where;
  CHECK(peer_port::open(options).why().code == errc::no_hive);
  stage at;
  options.home = at.hive.home.where;
  options.listen = at.door->address();
  CHECK(peer_port::open(options).why().code == errc::port_in_use);
  options.listen = "nowhere";
  CHECK(peer_port::open(options).why().code == errc::bad_config);
}

TEST_CASE("a member that cannot issue refuses a join and says where to ask") {
  stage at;
  store::test::scratch_home home;
  const auto key = hive_folder::joining_key(home.where);
  const auto grant = at.join(at.token(), *key);
  REQUIRE(hive_folder::settle(home.where, *grant, wall_now()));
  peer_port_options options;
  options.listen = "127.0.0.1:0";
  options.home = home.where;
  const auto member = peer_port::open(options);
  REQUIRE(member);
  auto node = joiner::with_token(at.token(), fresh_key(), {fresh_node(), "guest"});
  const auto got = converse(*node, (*member)->address(), std::nullopt, 10s);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::not_issuer);
  CHECK(got.why().hint.find(at.door->address()) != std::string::npos);
}

TEST_CASE("nobody there, nobody answering: the client says which") {
  const auto bound = listen_at("127.0.0.1:0");
  REQUIRE(bound);
  auto node =
      joiner::with_token(*new_token(std::string(64, 'a')), fresh_key(), {fresh_node(), "guest"});
  const auto began = steady::now();
  CHECK(converse(*node, bound->address, std::nullopt, 300ms).why().code == errc::timed_out);
  CHECK(steady::now() - began < 5s);
  std::string gone;
  {
    const auto other = listen_at("127.0.0.1:0");
    gone = other->address;
  }
  CHECK(converse(*node, gone, std::nullopt, 5s).why().code == errc::unreachable);
  CHECK(converse(*node, "nowhere", std::nullopt, 5s).why().code == errc::bad_request);
}
