// A transfer that brings the pieces it is told to: from its source, and from peers, right ones and
// wrong ones. The test is the swarm.
#include "core/swarm/piece_address.hpp"
#include "core/swarm/sha256.hpp"
#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <initializer_list>
#include <mutex>

#include <poll.h>

using namespace hive;
using namespace hive::testing;
using namespace hive::transfer;

namespace {

constexpr std::uint64_t seed = 91;
constexpr std::uint64_t piece = 4 * mib;
constexpr std::uint64_t size = 3 * piece + 100'000; // four pieces, the last one short
const node_id peer{"01HIVEPEER0000000000000001"};
const node_id rival{"01HIVEPEER0000000000000002"};

byte_range range_of(swarm::piece_index index) {
  return {index * piece, std::min(size, (index + 1) * piece)};
}

swarm::piece_hash truth(swarm::piece_index index) {
  const auto range = range_of(index);
  return swarm::hash_from_hex(
      sha256_hex(pattern(seed, range.begin, static_cast<std::size_t>(range.size()))));
}

void wait_open(const gate& door) {
  pollfd ready{door.descriptor(), POLLIN, 0};
  ::poll(&ready, 1, 20'000);
}

/// The file at its source, its pieces at a peer, and what the transfer tells.
struct shared_rig {
  origin server;
  origin other;
  origin third;
  rig r;
  ears who;
  std::mutex mutex;
  std::condition_variable told;
  std::vector<piece_news> news;
  std::optional<ticket> running;
  plan_file what{rig::file(seed, size, {server.url("/f")})};

  shared_rig() {
    server.serve("/f", generated(seed, size));
    for (swarm::piece_index i = 0; i < 4; ++i) serve_piece(i, 0);
  }

  void serve_piece(swarm::piece_index index, unsigned char flip) {
    const auto range = range_of(index);
    auto bytes = pattern(seed, range.begin, static_cast<std::size_t>(range.size()));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ flip);
    other.serve(swarm::piece_path("sha256:x", index), text(std::move(bytes)));
  }

  void start() {
    order asked{what, nullptr, {}};
    asked.shared = true;
    auto listener = who.listener();
    listener.on_piece = [this](piece_news one) {
      const std::lock_guard hold{mutex};
      news.push_back(std::move(one));
      told.notify_all();
    };
    running = r.service->start(std::move(asked), std::move(listener));
  }

  /// The first that fits, from `from` on.
  template <class News, class Fits>
  std::optional<News> wait_for(Fits fits) {
    std::unique_lock hold{mutex};
    std::optional<News> out;
    told.wait_for(hold, 20s, [&] {
      for (const auto& one : news)
        if (const auto* it = std::get_if<News>(&one); it != nullptr && fits(*it)) {
          out = *it;
          return true;
        }
      return false;
    });
    return out;
  }
  bool eventually(const std::function<bool()>& so) {
    std::unique_lock hold{mutex};
    return told.wait_for(hold, 20s, so);
  }
  bool ready() {
    return wait_for<pieces_ready>([](const auto&) { return true; }).has_value();
  }
  void ask(swarm::piece_index index) {
    running->follow(
        ask_peer{{peer, index}, other.url(swarm::piece_path("sha256:x", index)), nullptr});
  }
  /// Of the rival, whose bytes `third` has.
  void ask_rival(swarm::piece_index index) {
    running->follow(
        ask_peer{{rival, index}, third.url(swarm::piece_path("sha256:x", index)), nullptr});
  }
  bool heard_of(const node_id& who, std::uint64_t bytes) {
    return eventually([&] {
      std::uint64_t sum = 0;
      for (const auto& one : news)
        if (const auto* it = std::get_if<peer_bytes>(&one); it != nullptr && it->peer == who)
          sum += it->bytes;
      return sum >= bytes;
    });
  }
  std::optional<peer_lost> lost(const node_id& who) {
    return wait_for<peer_lost>([&](const auto& n) { return n.peer == who; });
  }
  std::optional<peer_piece> came(swarm::piece_index index) {
    return wait_for<peer_piece>([&](const auto& n) { return n.what.piece == index; });
  }
  /// From the peer, one after the other, and kept.
  void take(std::initializer_list<swarm::piece_index> pieces) {
    for (const auto i : pieces) {
      ask(i);
      REQUIRE(came(i));
      running->follow(swarm::keep_piece{i, peer});
    }
  }
  std::optional<source_piece> fetched(swarm::piece_index index) {
    return wait_for<source_piece>([&](const auto& n) { return n.what.piece == index; });
  }
};

} // namespace

TEST_CASE("pieces of the source and of a peer make the file, each told with its hash") {
  shared_rig s;
  s.start();
  REQUIRE(s.ready());
  CHECK(s.server.counts().requests == 0); // nothing that nobody ordered
  s.running->follow(swarm::fetch_piece{1});
  const auto one = s.fetched(1);
  REQUIRE(one);
  CHECK(one->what.hash == truth(1));
  for (const swarm::piece_index i : {0u, 3u, 2u}) {
    s.ask(i);
    const auto came = s.came(i);
    REQUIRE(came);
    CHECK(came->peer == peer);
    CHECK(came->what.hash == truth(i));
    s.running->follow(swarm::keep_piece{i, peer});
  }
  const auto end = s.who.wait_for_end();
  REQUIRE(end);
  INFO((*end ? "" : sentence(end->why())));
  REQUIRE(*end);
  CHECK(s.r.blob_digest((*end)->sha256) == s.what.expected->hex);
  CHECK(s.wait_for<whole_checked>([](const auto& n) { return n.right; }));
  CHECK(s.server.counts().bytes_sent == piece);
  const auto counts = s.r.service->counts();
  CHECK(counts.bytes_wan == piece);
  CHECK(counts.bytes_peers == size - piece);
  CHECK(s.who.last().counts.wan == piece);
  CHECK(s.who.last().counts.peers == size - piece);
  CHECK(s.who.broken() == std::vector<std::string>{});
}

TEST_CASE("a wrong piece of a peer is no part of the file, nor claimed by the journal") {
  shared_rig s;
  s.serve_piece(0, 0x40);
  s.start();
  REQUIRE(s.ready());
  s.ask(0);
  const auto wrong = s.came(0);
  REQUIRE(wrong);
  CHECK(wrong->what.hash != truth(0));
  s.running->follow(swarm::fetch_piece{1}); // something the journal may claim
  REQUIRE(s.fetched(1));
  SECTION("it is not there after a stop") {
    REQUIRE(stop_and_wait(*s.running, leftover::keep));
    CHECK(s.r.resumable(s.what) == piece);
  }
  SECTION("the right one takes its place") {
    s.running->follow(swarm::fetch_piece{0});
    REQUIRE(s.fetched(0));
    CHECK(s.fetched(0)->what.hash == truth(0));
    s.take({2u, 3u});
    const auto end = s.who.wait_for_end();
    REQUIRE(end);
    REQUIRE(*end);
    CHECK(s.r.blob_digest((*end)->sha256) == s.what.expected->hex);
  }
}

TEST_CASE("a piece that has come is not asked of a peer before it is to be forgotten") {
  shared_rig s;
  s.start();
  REQUIRE(s.ready());
  // Whoever orders has not heard yet that they came.
  s.running->follow(swarm::fetch_piece{1});
  REQUIRE(s.fetched(1));
  s.ask(0);
  REQUIRE(s.came(0));
  for (const swarm::piece_index i : {1u, 0u}) {
    s.ask(i);
    const auto refused = s.wait_for<peer_lost>([&](const auto& n) { return n.piece == i; });
    REQUIRE(refused);
    CHECK(refused->why == errc::overloaded);
    s.running->follow(swarm::keep_piece{i, peer});
  }
  s.take({2u, 3u});
  const auto end = s.who.wait_for_end();
  REQUIRE(end);
  REQUIRE(*end);
  CHECK(s.r.service->counts().bytes_discarded == 0);
}

TEST_CASE("a wrong piece that is to be forgotten is asked of a peer again") {
  shared_rig s;
  s.serve_piece(0, 0x40);
  s.start();
  REQUIRE(s.ready());
  s.ask(0);
  REQUIRE(s.came(0));
  s.serve_piece(0, 0);
  s.running->follow(swarm::forget_piece{0});
  s.ask(0);
  REQUIRE(s.wait_for<peer_piece>([](const auto& n) { return n.what.hash == truth(0); }));
}

TEST_CASE("a piece that two peers send comes from the first to have sent it all") {
  shared_rig s;
  s.third.serve(swarm::piece_path("sha256:x", 0), generated(seed, piece), {.stall_after = 1 * mib});
  s.start();
  REQUIRE(s.ready());
  s.take({1u, 2u, 3u});
  s.ask_rival(0);
  REQUIRE(s.heard_of(rival, 1 * mib));
  s.ask(0);
  const auto came = s.came(0);
  REQUIRE(came);
  CHECK(came->peer == peer);
  CHECK(came->what.hash == truth(0));
  const auto lost = s.lost(rival);
  REQUIRE(lost);
  CHECK(lost->why == errc::overloaded);
  CHECK(s.third.wait_until_idle());
  s.running->follow(swarm::keep_piece{0, peer});
  const auto end = s.who.wait_for_end();
  REQUIRE(end);
  REQUIRE(*end);
  CHECK(s.r.blob_digest((*end)->sha256) == s.what.expected->hex);
  CHECK(s.r.service->counts().bytes_discarded == 1 * mib);
  CHECK(s.who.last().counts.received == size); // no byte counts twice
  CHECK(s.who.last().counts.discarded == 1 * mib);
  CHECK(s.who.broken() == std::vector<std::string>{});
}

TEST_CASE("bytes of one peer in a piece of another are noticed, and none of the two is blamed") {
  constexpr std::uint64_t ahead = 3 * mib;
  shared_rig s;
  const auto path = swarm::piece_path("sha256:x", 0);
  // The one sends 3 MiB, and the rest when the rival has written other bytes over them.
  gate rest;
  s.other.serve(path, {piece, [&](std::uint64_t offset, std::span<std::byte> out) {
                         if (offset + out.size() > ahead) wait_open(rest);
                         pattern(seed, offset, out);
                       }});
  s.third.serve(path, generated(seed + 1, piece), {.stall_after = 2 * mib});
  s.start();
  REQUIRE(s.ready());
  s.ask(0);
  REQUIRE(s.heard_of(peer, ahead - 256 * kib));
  s.ask_rival(0);
  REQUIRE(s.heard_of(rival, 2 * mib));
  rest.open();
  const auto mixed = s.lost(peer);
  REQUIRE(mixed);
  CHECK(mixed->why == errc::overloaded);
  CHECK(s.lost(rival));
  // From now on by one at a time.
  s.news.clear();
  s.ask_rival(0);
  REQUIRE(s.heard_of(rival, 2 * mib));
  s.ask(0);
  CHECK(s.lost(peer)->why == errc::overloaded);
  s.running->follow(swarm::drop_piece{rival, 0});
  s.ask(0);
  const auto came = s.came(0);
  REQUIRE(came);
  CHECK(came->peer == peer);
  CHECK(came->what.hash == truth(0));
  s.running->follow(swarm::keep_piece{0, peer});
  s.take({1u, 2u, 3u});
  const auto end = s.who.wait_for_end();
  REQUIRE(end);
  REQUIRE(*end);
  CHECK(s.r.blob_digest((*end)->sha256) == s.what.expected->hex);
}

TEST_CASE("what is here from before is told before orders are taken, and not fetched again") {
  shared_rig s;
  s.start();
  REQUIRE(s.ready());
  s.running->follow(swarm::fetch_piece{2});
  REQUIRE(s.fetched(2));
  REQUIRE(stop_and_wait(*s.running, leftover::keep));
  s.news.clear();
  const auto before = s.server.counts().bytes_sent;
  s.start();
  REQUIRE(s.ready());
  const auto here = s.wait_for<piece_here>([](const auto&) { return true; });
  REQUIRE(here);
  CHECK(here->what.piece == 2);
  CHECK(here->what.hash == truth(2));
  for (const swarm::piece_index i : {0u, 1u, 3u}) s.running->follow(swarm::fetch_piece{i});
  REQUIRE(s.who.wait_for_end());
  CHECK(s.server.counts().bytes_sent - before == size - piece);
}

TEST_CASE(
    "a peer that refuses, cuts or is not there is told with the reason, and nothing is lost") {
  shared_rig s;
  const auto path = swarm::piece_path("sha256:x", 0);
  errc expected = errc::unreachable;
  SECTION("it has not got the piece") {
    s.other.behave(path, {.status = 404});
    expected = errc::not_found;
  }
  SECTION("it has too many requests") {
    s.other.behave(path, {.status = 503});
    expected = errc::overloaded;
  }
  SECTION("it sends another length") {
    s.other.serve(path, text("short"));
  }
  SECTION("it cuts in the middle") {
    s.other.behave(path, {.cut_after = 2 * mib});
  }
  s.start();
  REQUIRE(s.ready());
  s.ask(0);
  const auto lost = s.wait_for<peer_lost>([](const auto&) { return true; });
  REQUIRE(lost);
  CHECK(lost->peer == peer);
  CHECK(lost->piece == 0);
  CHECK(lost->why == expected);
  for (const swarm::piece_index i : {0u, 1u, 2u, 3u}) s.running->follow(swarm::fetch_piece{i});
  const auto end = s.who.wait_for_end();
  REQUIRE(end);
  CHECK(*end);
}

TEST_CASE("a source that fails is told, and the transfer ends only when it is told to") {
  shared_rig s;
  s.server.behave("/f", {.status = 404});
  s.start();
  REQUIRE(s.ready());
  s.running->follow(swarm::fetch_piece{0});
  const auto lost = s.wait_for<source_lost>([](const auto&) { return true; });
  REQUIRE(lost);
  CHECK_FALSE(s.who.ended());
  SECTION("peers have all of it") {
    for (swarm::piece_index i = 0; i < 4; ++i) {
      s.ask(i);
      REQUIRE(s.came(i));
      s.running->follow(swarm::keep_piece{i, peer});
    }
    const auto end = s.who.wait_for_end();
    REQUIRE(end);
    CHECK(*end);
  }
  SECTION("nobody has") {
    s.running->follow(despair{lost->why});
    const auto end = s.who.wait_for_end();
    REQUIRE(end);
    REQUIRE_FALSE(*end);
    CHECK(end->why().code == lost->why.code);
  }
}

TEST_CASE("a server that knows no ranges is fetched from alone") {
  shared_rig s;
  s.server.behave("/f", {.ignore_range = true});
  s.start();
  REQUIRE(s.ready());
  s.running->follow(swarm::fetch_piece{1});
  REQUIRE(s.wait_for<sharing_over>([](const auto&) { return true; }));
  const auto end = s.who.wait_for_end();
  REQUIRE(end);
  CHECK(*end);
}

TEST_CASE("when the whole comes out wrong everything is fetched anew, and then given up") {
  shared_rig s;
  s.what.expected->hex = std::string(64, 'e');
  s.start();
  REQUIRE(s.ready());
  for (swarm::piece_index i = 0; i < 4; ++i) s.running->follow(swarm::fetch_piece{i});
  REQUIRE(s.wait_for<whole_checked>([](const auto& n) { return !n.right; }));
  CHECK_FALSE(s.who.ended());
  for (swarm::piece_index i = 0; i < 4; ++i) s.running->follow(swarm::fetch_piece{i});
  const auto end = s.who.wait_for_end();
  REQUIRE(end);
  REQUIRE_FALSE(*end);
  CHECK(end->why().code == errc::digest_mismatch);
}
