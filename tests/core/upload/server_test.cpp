#include "core/trust/join_client.hpp"
#include "core/trust/peer_port.hpp"
#include "core/trust/peer_tls.hpp"
#include "core/trust/sockets.hpp"
#include "core/trust/tls_stream.hpp"
#include "core/upload/piece_server.hpp"
#include "tests/core/net/network.hpp"
#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <vector>

#include <poll.h>

using namespace hive;
using namespace hive::upload;
using namespace std::chrono_literals;

namespace {

/// A piece server behind a real peer port, and the home of a member that may ask it.
struct piece_hall {
  trust::test::founder hive;
  store::test::scratch_home guest;
  node_id guest_id{trust::test::fresh_node()};
  std::unique_ptr<piece_server> server;
  std::unique_ptr<trust::peer_port> port;

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<piece_request> asked;
  std::vector<std::pair<std::uint64_t, bool>> over;

  explicit piece_hall(server_options options = {}) {
    server = std::make_unique<piece_server>(
        std::move(options),
        server_ears{[this](piece_request what) { note([&] { asked.push_back(what); }); },
                    [](std::uint64_t, std::uint64_t) {},
                    [this](std::uint64_t number, bool whole) {
                      note([&] { over.emplace_back(number, whole); });
                    }});
    trust::peer_port_options door;
    door.listen = "127.0.0.1:0";
    door.home = hive.home.where;
    door.takers.emplace(trust::bytes_protocol,
                        [this](trust::established who) { server->take(std::move(who)); });
    port = std::move(*trust::peer_port::open(std::move(door)));
    const auto token = hive.hive.create_token({}, wall_now());
    const auto key = trust::hive_folder::joining_key(guest.where);
    auto by = trust::joiner::with_token(*token, *key, {guest_id, "guest"});
    const auto grant = trust::converse(*by, port->address(), std::nullopt);
    REQUIRE(grant);
    REQUIRE(trust::hive_folder::settle(guest.where, *grant, wall_now()));
  }
  /// Before what its thread writes to.
  ~piece_hall() {
    port.reset();
    server.reset();
  }

  template <class Change>
  void note(Change change) {
    const std::lock_guard hold{mutex};
    change();
    changed.notify_all();
  }
  template <class Good>
  bool settles(Good good) {
    std::unique_lock hold{mutex};
    return changed.wait_for(hold, 10s, good);
  }
  bool asked_for(std::size_t count) {
    return settles([&] { return asked.size() >= count; });
  }
};

/// A member's connection, as tests want it: every wait has an end.
class member_wire {
 public:
  explicit member_wire(piece_hall& at) {
    const auto folder = trust::hive_folder::open(at.guest.where);
    const auto context =
        *trust::client_context(folder->tls(), *folder->trust(), trust::bytes_protocol);
    auto socket = trust::connect_to(at.port->address(), std::chrono::steady_clock::now() + 5s);
    REQUIRE(socket);
    stream_ = std::make_unique<trust::tls_stream>(context.get(), false, std::move(*socket), "port",
                                                  1 << 20);
    context_ = context;
    until(stream_->handshake(), [&] { return stream_->handshake(); });
  }
  void send(const std::string& text) {
    until(stream_->write(text), [&] { return stream_->flush(); });
  }
  /// Until it holds `part`, or the connection is over.
  std::string hear(const std::string& part) {
    std::string text;
    auto how = stream_->read(text);
    while (text.find(part) == std::string::npos && !is_over(how)) {
      wait(how);
      how = stream_->read(text);
    }
    closed_ = is_over(how);
    return text;
  }
  bool closes() {
    hear("\x01 never");
    return closed_;
  }

 private:
  static bool is_over(trust::tls_progress how) {
    return how == trust::tls_progress::ended || how == trust::tls_progress::failed;
  }
  void wait(trust::tls_progress how) const {
    pollfd one{stream_->socket(),
               static_cast<short>(how == trust::tls_progress::wants_write ? POLLOUT : POLLIN), 0};
    REQUIRE(::poll(&one, 1, 10000) == 1);
  }
  template <class Again>
  void until(trust::tls_progress how, Again again) {
    while (how != trust::tls_progress::done) {
      REQUIRE_FALSE(is_over(how));
      wait(how);
      how = again();
    }
  }

  std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<trust::tls_stream> stream_;
  bool closed_{false};
};

/// A member's rules for the engine.
class member_rules final : public net::tls_rules {
 public:
  explicit member_rules(const store::home& where)
    : folder_(*trust::hive_folder::open(where)), files_(folder_.tls()),
      certificate_(files_.certificate.string()) {}
  outcome prepare(SSL_CTX* context) const override {
    return trust::use(context, files_, *folder_.trust());
  }
  outcome check(const SSL* connection) const override {
    return trust::peer_of(connection) ? outcome{} : fail(errc::certificate_refused, "nobody");
  }
  const std::string& certificate() const noexcept override { return certificate_; }

 private:
  trust::hive_folder folder_;
  trust::peer_tls files_;
  std::string certificate_;
};

std::string get(const std::string& path, const std::string& fields = {}) {
  return "GET " + path + " HTTP/1.1\r\n" + fields + "\r\n";
}

} // namespace

TEST_CASE("a piece is sent once its owner says so, and the connection is good for the next") {
  piece_hall at;
  const auto file = at.guest.where.root / "bytes";
  std::ofstream{file, std::ios::binary} << "0123456789";
  member_wire peer{at};
  peer.send(get("/v1/pieces/sha256:ab/7"));
  REQUIRE(at.asked_for(1));
  CHECK(at.asked[0].peer == at.guest_id);
  CHECK(at.asked[0].content == "sha256:ab");
  CHECK(at.asked[0].piece == 7);
  at.server->serve(at.asked[0].number, {at.guest.where.root / "gone", file}, 2, 5);
  const auto got = peer.hear("23456");
  CHECK(got.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(got.find("Content-Length: 5\r\n") != std::string::npos);
  CHECK(at.settles([&] { return at.over.size() == 1 && at.over[0].second; }));

  const std::vector<std::pair<errc, std::string>> refusals{{errc::not_found, "404"},
                                                           {errc::conflict, "409"},
                                                           {errc::overloaded, "503"},
                                                           {errc::timed_out, "408"}};
  std::size_t count = 1;
  for (const auto& [why, status] : refusals) {
    INFO(status);
    peer.send(get("/v1/pieces/sha256:ab/8"));
    REQUIRE(at.asked_for(++count));
    at.server->refuse(at.asked.back().number, why);
    CHECK(peer.hear("\r\n\r\n").starts_with("HTTP/1.1 " + status));
  }
}

TEST_CASE("a request of up to 4 KiB is heard, in one record or many; a longer one is none") {
  piece_hall at;
  member_wire peer{at};
  // More than half of the bound in one TLS record: nothing else would wake the server again.
  peer.send(get("/v1/pieces/a/1", "X: " + std::string(3500, 'x') + "\r\n"));
  REQUIRE(at.asked_for(1));
  at.server->refuse(at.asked[0].number, errc::not_found);
  CHECK(peer.hear("\r\n\r\n").starts_with("HTTP/1.1 404"));
  for (const char letter : get("/v1/pieces/a/2")) peer.send(std::string(1, letter));
  CHECK(at.asked_for(2));

  member_wire talker{at};
  talker.send("GET /v1/pieces/a/1 HTTP/1.1\r\nX: " + std::string(6000, 'x'));
  CHECK(talker.closes());
}

TEST_CASE("whoever asks for something else, or before it is answered, is left") {
  piece_hall at;
  for (const auto* wrong :
       {"POST /v1/pieces/a/1 HTTP/1.1\r\n\r\n", "GET /v1/jobs HTTP/1.1\r\n\r\n",
        "GET /v1/pieces/a/x HTTP/1.1\r\n\r\n", "GET /v1/pieces//1 HTTP/1.1\r\n\r\n",
        "GET /v1/pieces/a/99999999999 HTTP/1.1\r\n\r\n", "\r\n\r\n"}) {
    INFO(wrong);
    member_wire peer{at};
    peer.send(wrong);
    CHECK(peer.closes());
  }
  CHECK(at.asked.empty());

  member_wire eager{at};
  eager.send(get("/v1/pieces/a/1"));
  REQUIRE(at.asked_for(1));
  eager.send(get("/v1/pieces/a/2"));
  CHECK(eager.closes());
  CHECK(at.settles([&] { return at.over.size() == 1 && !at.over[0].second; }));
  CHECK(at.asked.size() == 1);
}

TEST_CASE("a peer has so many connections and no more") {
  server_options options;
  options.most_of_one = 2;
  piece_hall at{options};
  member_wire first{at};
  member_wire second{at};
  member_wire third{at};
  CHECK(third.closes());
  CHECK(at.server->counts().turned_away == 1);
}

TEST_CASE("a connection that asks for nothing is closed") {
  server_options options;
  options.idle = 300ms;
  piece_hall at{options};
  member_wire silent{at};
  CHECK(silent.closes());
}

TEST_CASE("a piece comes whole, however many of its records come at once, and whoever pauses") {
  piece_hall at;
  const auto file = at.guest.where.root / "bytes";
  // Ends in a record of a few bytes: they come with the one before.
  std::string content(3 * (1 << 20) + 17, '\0');
  for (std::size_t i = 0; i < content.size(); ++i)
    content[i] = static_cast<char>(i * 2654435761u >> 13);
  std::ofstream{file, std::ios::binary} << content;
  const auto engine = net::testing::start_engine();
  for (const std::size_t pause_every : {0, 1, 7}) {
    INFO("pauses at each chunk of " << pause_every);
    net::testing::recorder heard;
    std::string got;
    std::size_t chunks = 0;
    bool again = false;
    heard.body_came = [&](std::span<const std::byte> bytes) -> result<net::taken> {
      if (pause_every != 0 && !again && ++chunks % pause_every == 0) {
        again = true;
        engine->post([&] { heard.running.resume(); });
        return net::taken::pause;
      }
      again = false;
      got.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return net::taken::all;
    };
    net::request asked;
    asked.url = "https://" + at.port->address() + "/v1/pieces/sha256:ab/7";
    asked.tls = std::make_shared<member_rules>(at.guest.where);
    asked.max_redirects = 0;
    const auto before = at.asked.size();
    heard.start(*engine, std::move(asked));
    REQUIRE(at.asked_for(before + 1));
    at.server->serve(at.asked.back().number, {file}, 0, content.size());
    const auto end = heard.wait();
    REQUIRE(end);
    CHECK(got == content);
    CHECK(at.settles([&] { return at.over.size() == before + 1 && at.over.back().second; }));
  }
}
