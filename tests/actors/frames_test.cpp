// What a member that has gone bad can send once it is let in: CAF's frames with any header, cut
// short, changed, in any order. The node stays, keeps to its memory and its file handles, and an
// honest program beside it notices nothing. HIVE_FRAMES: connections (60); HIVE_SEED: of the damage
// (1).

#include "actors/client.hpp"
#include "core/link/client_call.hpp"
#include "tests/actors/hive_lab.hpp"

#include <caf/all.hpp>

#include <openssl/ssl.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <random>

#include <poll.h>

namespace hive::actors {
namespace {

using bytes = std::string;

constexpr std::size_t header_size = 32; ///< of BASP in CAF 0.17 to 0.18; big-endian
constexpr std::size_t length_at = 4;
constexpr std::uint32_t gibibyte = 1u << 30u;

void put_length(bytes& frame, std::uint32_t length) {
  for (std::size_t i = 0; i < 4; ++i)
    frame[length_at + i] = static_cast<char>(length >> (24 - 8 * i));
}
std::uint32_t length_of(std::string_view header) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i)
    out = out << 8u | static_cast<unsigned char>(header[length_at + i]);
  return out;
}
std::vector<bytes> frames_of(std::string_view stream) {
  std::vector<bytes> out;
  while (stream.size() >= header_size) {
    const auto all = header_size + length_of(stream);
    if (stream.size() < all) break;
    out.emplace_back(stream.substr(0, all));
    stream.remove_prefix(all);
  }
  return out;
}

/// An established connection as bytes.
class raw_line {
 public:
  explicit raw_line(trust::established from) : at_(std::move(from)) {}

  /// What has come; waits for it for so long. False when the other side is gone.
  bool hear(bytes& into, std::chrono::milliseconds wait) {
    char some[16 << 10];
    for (;;) {
      const int got = SSL_read(at_.ssl.get(), some, sizeof some);
      if (got > 0) {
        into.append(some, static_cast<std::size_t>(got));
        return true;
      }
      if (SSL_get_error(at_.ssl.get(), got) != SSL_ERROR_WANT_READ) return false;
      if (!is_ready(POLLIN, wait)) return true;
      wait = 0ms;
    }
  }
  bool say(std::string_view what) {
    while (!what.empty()) {
      const int done = SSL_write(at_.ssl.get(), what.data(),
                                 static_cast<int>(std::min<std::size_t>(what.size(), 16 << 10)));
      if (done > 0) {
        what.remove_prefix(static_cast<std::size_t>(done));
        continue;
      }
      const int why = SSL_get_error(at_.ssl.get(), done);
      if (why == SSL_ERROR_WANT_WRITE && is_ready(POLLOUT, 10s)) continue;
      return false;
    }
    return true;
  }

 private:
  bool is_ready(short what, std::chrono::milliseconds wait) const {
    pollfd socket{at_.socket.get(), what, 0};
    return ::poll(&socket, 1, static_cast<int>(wait.count())) > 0;
  }

  trust::established at_;
};

/// A program with a certificate of the hive, which may be honest.
class member_program {
 public:
  member_program(const hive_machine& issuer, const std::string& name) {
    enroll(home(), name, issuer.home(), issuer.address());
    prepare_client(config_);
    system_.emplace(config_);
  }
  store::home home() const { return store::home{root_.path}; }

  /// Asks the node at `address` for its jobs, `times` times.
  bool is_answered(const std::string& address, int times = 1) {
    const auto rooms = enter_node(*system_, home(), address);
    if (!rooms) return false;
    const caf::scoped_actor self{*system_};
    int answered = 0;
    for (int i = 0; i < times; ++i)
      self->request(rooms->queue, 20s, query_job{job_id{"01J"}})
          .receive([&](const job_record&) {},
                   [&](const caf::error& why) {
                     answered += as_failure(why).code == errc::not_found ? 1 : 0;
                   });
    return answered == times;
  }
  raw_line call(const std::string& address) {
    auto made = link::call_node(home(), address, std::chrono::steady_clock::now() + 20s);
    if (!made) FAIL(sentence(made.why()));
    return raw_line{std::move(*made)};
  }

 private:
  scratch_home root_;
  caf::actor_system_config config_;
  std::optional<caf::actor_system> system_;
};

/// What an honest program says to a node: it talks to a port that passes all on and remembers.
std::vector<bytes> recorded(member_program& honest, member_program& between,
                            const std::string& node) {
  std::promise<trust::established> called;
  trust::peer_port_options door;
  door.listen = "127.0.0.1:0";
  door.home = between.home();
  door.takers.emplace(link::client_protocol, [&](trust::established from) {
    auto welcome = link::welcome_client(std::move(from));
    if (welcome) called.set_value(std::move(*welcome));
  });
  const auto port = trust::peer_port::open(std::move(door));
  if (!port) FAIL(sentence(port.why()));
  std::atomic<bool> over{false};
  bytes said;
  std::thread relay{[&] {
    raw_line from{called.get_future().get()};
    auto to = between.call(node);
    for (bool open = true; open && !over;) {
      bytes there;
      bytes back;
      open = from.hear(there, 5ms) && to.say(there) && to.hear(back, 5ms) && from.say(back);
      said += there;
    }
  }};
  const bool answered = honest.is_answered((*port)->address(), 5);
  over = true;
  relay.join();
  REQUIRE(answered);
  return frames_of(said);
}

class vandal {
 public:
  vandal(std::vector<bytes> honest, std::uint64_t seed)
    : honest_(std::move(honest)), random_(seed) {}

  /// What is sent on one connection.
  bytes next() {
    bytes out;
    // Who has shaken hands gets further.
    if (draw(4) != 0) out += honest_.front();
    for (auto n = 1 + draw(6); n > 0; --n) out += damaged(honest_[draw(honest_.size())]);
    return out;
  }

 private:
  std::uint64_t draw(std::uint64_t below) { return random_() % below; }

  bytes damaged(bytes frame) {
    switch (draw(8)) {
    case 0: return frame;
    case 1: put_length(frame, gibibyte); return frame;
    case 2: put_length(frame, static_cast<std::uint32_t>(random_())); return frame;
    case 3: frame[0] = static_cast<char>(draw(256)); return frame;
    case 4: { // numbers of the header
      for (auto n = 1 + draw(8); n > 0; --n) frame[8 + draw(24)] = static_cast<char>(draw(256));
      return frame;
    }
    case 5: { // shorter, and it says so
      frame.resize(header_size + draw(frame.size() - header_size + 1));
      put_length(frame, static_cast<std::uint32_t>(frame.size() - header_size));
      return frame;
    }
    case 6: return frame.substr(0, draw(frame.size()));
    default: break;
    }
    if (frame.size() == header_size) return frame;
    constexpr std::string_view telling{"\x00\x01\x7f\x80\xff", 5};
    for (auto n = 1 + draw(8); n > 0; --n)
      frame[header_size + draw(frame.size() - header_size)] =
          draw(2) == 0 ? static_cast<char>(draw(256)) : telling[draw(telling.size())];
    return frame;
  }

  std::vector<bytes> honest_;
  std::mt19937_64 random_;
};

std::size_t open_handles() {
  std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}
/// MiB; 0 under sanitizers, which keep what was freed.
std::size_t resident_mib() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;
#else
  std::ifstream file{"/proc/self/statm"};
  std::size_t size = 0;
  std::size_t pages = 0;
  file >> size >> pages;
  return pages * 4096 >> 20u;
#endif
}
std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const char* const said = std::getenv(name);
  return said != nullptr ? std::strtoull(said, nullptr, 10) : otherwise;
}

} // namespace

TEST_CASE("a member that sends damaged frames costs a node its connection and nothing else") {
  hive_lab one{1};
  auto& node = one.at(0);
  member_program honest{node, "honest"};
  member_program bad{node, "bad"};
  const auto frames = recorded(honest, bad, node.address());
  REQUIRE(frames.size() >= 6); // the handshake and five questions
  vandal other{frames, number("HIVE_SEED", 1)};
  REQUIRE(honest.is_answered(node.address()));
  const auto handles = open_handles();
  const auto memory = resident_mib();
  std::size_t most = memory;
  for (std::uint64_t i = 0, all = number("HIVE_FRAMES", 60); i < all; ++i) {
    {
      auto line = bad.call(node.address());
      bytes heard;
      line.hear(heard, 1s);
      line.say(other.next());
      while (line.hear(heard, 20ms) && heard.size() < (1u << 20u) && i % 4 == 0) {
        if (heard.empty()) break;
        heard.clear();
      }
    }
    most = std::max(most, resident_mib());
    if (i % 10 == 0) REQUIRE(honest.is_answered(node.address(), 3));
  }
  CHECK(honest.is_answered(node.address(), 10));
  CHECK(most < memory + 64);
  CHECK(settles([&] { return open_handles() <= handles + 2; }, 30s));
}

TEST_CASE("headers that announce a gigabyte make a node keep nothing, from however many lines") {
  hive_lab one{1};
  auto& node = one.at(0);
  member_program honest{node, "honest"};
  member_program bad{node, "bad"};
  const auto frames = recorded(honest, bad, node.address());
  const auto memory = resident_mib();
  const auto handles = open_handles();
  {
    std::vector<raw_line> lines;
    for (int i = 0; i < 8; ++i) {
      lines.push_back(bad.call(node.address()));
      auto bomb = frames.back();
      put_length(bomb, gibibyte - 1);
      // It may be cut before all of this is sent.
      lines.back().say(frames.front() + bomb + bytes(64 << 10, 'x'));
    }
    CHECK(honest.is_answered(node.address(), 5));
    CHECK(resident_mib() < memory + 64);
    // They are told nothing, but their lines are cut.
    for (auto& line : lines)
      CHECK(settles(
          [&] {
            bytes heard;
            return !line.hear(heard, 20ms);
          },
          20s));
  }
  CHECK(settles([&] { return open_handles() <= handles + 2; }, 30s));
}

} // namespace hive::actors
