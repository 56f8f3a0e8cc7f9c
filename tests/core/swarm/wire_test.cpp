// Manifests, maps and leases: round trips, merges, and what hostile peers send.
#include "core/swarm/lease.hpp"
#include "core/swarm/manifest.hpp"
#include "core/swarm/share.hpp"
#include "core/swarm/word.hpp"
#include "tests/support/catch.hpp"

#include <random>

using namespace hive;
using namespace hive::swarm;

namespace {

constexpr std::uint64_t mebibyte = 1ull << 20;

node_id peer(int n) {
  const auto digits = std::to_string(n);
  return {std::string(26 - digits.size(), '0') + digits};
}

have_map random_map(std::mt19937_64& random, piece_index count) {
  have_map map{count};
  const auto run = 1 + random() % 40;
  bool on = false;
  for (piece_index i = 0; i < count; ++i) {
    if (random() % run == 0) on = !on;
    if (on) map.add(i);
  }
  return map;
}

lease random_lease(std::mt19937_64& random) {
  return {1 + random() % 3, peer(static_cast<int>(random() % 3)),
          static_cast<lease_state>(1 + random() % 3), random() % 4, random() % 4};
}

manifest made(std::uint64_t size) {
  auto m = *manifest::of("sha256:abc", size);
  for (piece_index i = 0; i < m.grid().count(); i += 2) {
    piece_claim c{i, {}};
    c.hash[0] = static_cast<std::byte>(i);
    REQUIRE(m.claim(c));
  }
  return m;
}

} // namespace

TEST_CASE("pieces are powers of two from 4 to 64 MiB") {
  const auto [size, piece, count] = GENERATE(table<std::uint64_t, std::uint64_t, piece_index>({
      {1, 4 * mebibyte, 1},
      {4 * mebibyte, 4 * mebibyte, 1},
      {4 * mebibyte + 1, 4 * mebibyte, 2},
      {1024 * mebibyte, 4 * mebibyte, 256},
      {8192 * mebibyte, 4 * mebibyte, 2048},
      {8193 * mebibyte, 8 * mebibyte, 1025},
      {131072 * mebibyte, 64 * mebibyte, 2048},
      {largest_content, 64 * mebibyte, most_pieces},
  }));
  const auto grid = piece_grid::of(size);
  REQUIRE(grid);
  CHECK(grid->piece() == piece);
  CHECK(grid->count() == count);
  CHECK(grid->range(count - 1).end == size);
  std::uint64_t sum = 0;
  for (piece_index i = 0; i < count; ++i) sum += grid->bytes(i);
  CHECK(sum == size);
}

TEST_CASE("sizes nobody can share are refused with a reason") {
  CHECK(piece_grid::of(0).why().code == errc::bad_request);
  CHECK(piece_grid::of(largest_content + 1).why().code == errc::too_large);
  CHECK(piece_grid::of(~0ull).why().code == errc::too_large);
}

TEST_CASE("maps of pieces survive the wire, in bounded space") {
  std::mt19937_64 random{1};
  for (int i = 0; i < 400; ++i) {
    const auto count = static_cast<piece_index>(1 + random() % 700);
    const auto map = i % 20 == 0   ? have_map{count}
                     : i % 20 == 1 ? all_pieces(count)
                                   : random_map(random, count);
    const auto text = encode(map);
    CHECK(text.size() <= 1 + (count + 7) / 8);
    const auto back = decode_have_map(text, count);
    REQUIRE(back);
    CHECK(*back == map);
    CHECK(back->held() == map.pieces().size());
  }
  CHECK(encode(all_pieces(most_pieces)).size() == 2);
}

TEST_CASE("maps have one spelling; anything else is refused") {
  const std::string bits{"b\xff\xff", 3};
  CHECK(decode_have_map(bits, 16).why().code == errc::bad_request); // runs are shorter
  for (const std::string text : {"", "x", "b", "r\x11", "r\x80\x80\x80\x80\x80", "rrrrrrrrrrrrr"})
    CHECK(decode_have_map(text, 16).why().code == errc::bad_request);
  CHECK(decode_have_map(std::string(1 << 20, 'r'), 16).why().code == errc::bad_request);
  CHECK(decode_have_map("r", most_pieces + 1).why().code == errc::bad_request);
  std::mt19937_64 random{2};
  for (int i = 0; i < 2000; ++i) {
    std::string noise(random() % 12, '\0');
    for (auto& c : noise) c = static_cast<char>(random());
    if (!noise.empty()) noise[0] = random() % 2 == 0 ? 'r' : 'b';
    if (const auto map = decode_have_map(noise, 77)) CHECK(encode(*map) == noise);
  }
}

TEST_CASE("manifests survive the wire; what is sent as confirmed arrives as provisional") {
  const auto m = made(77 * 4 * mebibyte + 5);
  const auto back = decode_manifest(encode(m));
  REQUIRE(back);
  CHECK(*back == m);
  auto sure = *manifest::of("sha256:abc", 4 * mebibyte);
  REQUIRE(sure.claim({0, {}}));
  sure.settle(true);
  CHECK(sure.state() == manifest_state::confirmed);
  CHECK(decode_manifest(encode(sure))->state() == manifest_state::provisional);
}

TEST_CASE("mutilated manifests are refused without much memory") {
  const auto text = encode(made(20 * 4 * mebibyte));
  for (std::size_t cut = 0; cut < text.size(); ++cut)
    CHECK_FALSE(decode_manifest(std::string_view{text}.substr(0, cut)));
  CHECK_FALSE(decode_manifest(text + "x"));
  auto wild = text;
  const auto size_at = 4 + 1 + std::string{"sha256:abc"}.size();
  for (std::size_t i = 0; i < 8; ++i) wild[size_at + i] = '\xff';
  CHECK(decode_manifest(wild).why().code == errc::too_large);
  auto huge = text;
  huge[size_at + 5] = '\x01'; // a TiB more than its map speaks of
  CHECK_FALSE(decode_manifest(huge));
  std::mt19937_64 random{3};
  for (int i = 0; i < 2000; ++i) {
    auto mutant = text;
    mutant[random() % 40] = static_cast<char>(random());
    if (const auto read = decode_manifest(mutant)) CHECK(encode(*read) == mutant);
  }
}

TEST_CASE("a manifest takes no second word for a piece, and none once confirmed") {
  auto m = *manifest::of("k", 8 * mebibyte);
  piece_claim other{0, {}};
  other.hash[3] = std::byte{1};
  REQUIRE(m.claim({0, {}}));
  CHECK(m.claim({0, {}}));
  CHECK(m.claim(other).why().code == errc::conflict);
  CHECK(m.claim({2, {}}).why().code == errc::bad_request);
  m.settle(true);
  CHECK(m.state() == manifest_state::provisional); // not all is known
  CHECK(m.correct(other));
  CHECK(m.matches(other));
  REQUIRE(m.claim({1, {}}));
  m.settle(true);
  CHECK(m.correct({0, {}}).why().code == errc::conflict);
  CHECK(manifest::of("", 1).why().code == errc::bad_request);
  CHECK(manifest::of(std::string(129, 'k'), 1).why().code == errc::bad_request);
  CHECK(manifest::of("with space", 1).why().code == errc::bad_request);
}

TEST_CASE("leases merge in any order, any number of times, to the same") {
  std::mt19937_64 random{4};
  for (int i = 0; i < 3000; ++i) {
    const auto a = random_lease(random);
    const auto b = random_lease(random);
    const auto c = i % 10 == 0 ? lease{} : random_lease(random);
    CHECK(merged(a, a) == a);
    CHECK(merged(a, b) == merged(b, a));
    CHECK(merged(merged(a, b), c) == merged(a, merged(b, c)));
    CHECK(merged(merged(a, b), b) == merged(a, b));
  }
}

TEST_CASE("leases that cannot be are refused") {
  const lease good{1, peer(1), lease_state::held, 5, 1};
  CHECK(check_lease(good, 5));
  CHECK(check_lease({}, 5));
  auto bad = good;
  SECTION("progress beyond the content") {
    bad.progress = 6;
  }
  SECTION("no epoch") {
    bad.epoch = 0;
  }
  SECTION("the last epoch there can be") {
    bad.epoch = ~0ull;
  }
  SECTION("a nameless owner") {
    bad.owner = {};
  }
  SECTION("an owner of another form") {
    bad.owner = {"../../etc"};
  }
  SECTION("an unknown state") {
    bad.state = static_cast<lease_state>(9);
  }
  SECTION("free, and somebody's") {
    bad.state = lease_state::free;
  }
  const auto refused = check_lease(bad, 5);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::bad_request);
  CHECK_FALSE(refused.why().detail.empty());
}

TEST_CASE("notes that cannot be change nothing") {
  auto subject = *share::open({"sha256:abc", 40 * mebibyte, peer(0), 1});
  const time_point now{std::chrono::hours{1}};
  (void)subject.hear({peer(0)}, now);
  (void)subject.hear({peer(1)}, now);
  const auto refuses = [&](const note& what, errc code = errc::bad_request) {
    const auto got = subject.hear(peer(1), what, now);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == code);
    CHECK_FALSE(got.why().detail.empty());
  };
  refuses(holds_pieces{"b"});
  refuses(holds_pieces{std::string(1 << 20, 'r')});
  refuses(holds_more{{10}});
  refuses(holds_more{std::vector<piece_index>(11)});
  refuses(offers_piece{{10, {}}});
  refuses(claims_pieces{1, {{10, {}}}});
  refuses(claims_pieces{1, std::vector<piece_claim>(1025)});
  refuses(keeps_waiting{std::vector<piece_index>(65)});
  refuses(lease{1, peer(1), lease_state::held, 41 * mebibyte, 0});
  refuses(lease{1, peer(7), lease_state::held, 0, 0}, errc::not_found);
  CHECK(subject.hear(peer(7), asks_union{}, now).why().code == errc::not_found);
  CHECK(subject.who_fetches() == lease{});
  CHECK(subject.reading().words().known().held() == 0);
  // One who is not the owner makes no claims.
  CHECK(subject.hear(peer(1), claims_pieces{0, {{0, {}}}}, now));
  CHECK(subject.reading().words().known().held() == 0);
}

TEST_CASE("what is on this disk is not fetched again, though nobody else knows its hashes") {
  auto subject = *share::open({"sha256:abc", 40 * mebibyte, peer(0), 1});
  const time_point now{std::chrono::hours{1}};
  (void)subject.hear({peer(0)}, now);
  for (piece_index i = 0; i < 3; ++i) (void)subject.found({i, {}}, now);
  CHECK(subject.reading().have().held() == 0); // nobody has claimed anything yet
  piece_index lowest = most_pieces;
  for (const auto& did : subject.tick(now))
    if (const auto* fetch = std::get_if<fetch_piece>(&did)) lowest = std::min(lowest, fetch->piece);
  CHECK(lowest == 3);
  CHECK(subject.reading().have().held() == 3);
  CHECK(subject.counts() == tally{0, 0, 12 * mebibyte, 0, 0});
}

TEST_CASE("a whole that comes out wrong is forgotten, and who claimed its hashes barred") {
  auto subject = *share::open({"sha256:abc", 40 * mebibyte, peer(0), 1});
  const time_point now{std::chrono::hours{1}};
  for (int i = 0; i < 2; ++i) (void)subject.hear({peer(i)}, now);
  REQUIRE(subject.hear(peer(1), lease{1, peer(1), lease_state::held, 0, 1}, now));
  bool whole = false;
  for (piece_index i = 0; i < 10; ++i) {
    REQUIRE(subject.hear(peer(1), claims_pieces{1, {{i, {}}}}, now));
    for (const auto& did : subject.found({i, {}}, now))
      whole = whole || std::holds_alternative<check_whole>(did);
  }
  CHECK(whole);
  CHECK_FALSE(subject.confirmed());
  std::size_t forgotten = 0;
  std::vector<node_id> barred;
  for (const auto& did : subject.checked_whole(false, now)) {
    if (std::holds_alternative<forget_piece>(did)) ++forgotten;
    if (const auto* bar = std::get_if<bar_peer>(&did)) barred.push_back(bar->peer);
  }
  CHECK(forgotten == 10);
  CHECK(barred == std::vector{peer(1)});
  CHECK(subject.reading().have().held() == 0);
  CHECK(subject.reading().words().known().held() == 0);
}

namespace {

std::vector<saying> all_sayings() {
  have_map map{9};
  map.add(3);
  piece_claim claim{7, {}};
  claim.hash[31] = std::byte{9};
  return {takes_part{true, false},
          takes_part{false, true},
          leaves{},
          note{lease{3, peer(1), lease_state::held, 77, 5}},
          note{holds_pieces{encode(map), true}},
          note{holds_more{{1, 2, 65535}}},
          note{offers_piece{claim}},
          note{claims_pieces{4, {claim, {8, {}}}}},
          note{asks_union{}},
          note{keeps_waiting{{5}}}};
}

} // namespace

TEST_CASE("every word comes back as it was said") {
  for (const auto& said : all_sayings()) {
    const auto bytes = encode(word{"sha256:abc", 36 * mebibyte, said});
    const auto back = decode_word(kind_of(said), bytes);
    REQUIRE(back);
    CHECK(back->content == "sha256:abc");
    CHECK(back->size == 36 * mebibyte);
    CHECK(back->what == said);
  }
}

TEST_CASE("a word that was cut, lengthened or changed is refused or another word, never more") {
  std::mt19937_64 random{7};
  for (const auto& said : all_sayings()) {
    const auto bytes = encode(word{"sha256:abc", 36 * mebibyte, said});
    for (int i = 0; i < 400; ++i) {
      auto changed = bytes;
      if (i % 3 == 0) changed.resize(random() % bytes.size());
      if (i % 3 == 1) changed[random() % changed.size()] = static_cast<char>(random());
      if (i % 3 == 2) changed.append(1 + random() % 7, static_cast<char>(random()));
      const auto kind = static_cast<std::uint16_t>(i % 5 == 0 ? random() : kind_of(said));
      const auto back = decode_word(kind, changed);
      if (back) CHECK(encode(*back) == changed);
    }
  }
  CHECK(!decode_word(0, encode(word{"k", 1, leaves{}})));
  CHECK(!decode_word(10, encode(word{"k", 1, leaves{}})));
}
