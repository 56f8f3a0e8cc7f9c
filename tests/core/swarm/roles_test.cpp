// Each role alone: what it hears, what it wants done, and when.
#include "core/swarm/fetcher.hpp"
#include "core/swarm/lease_keeper.hpp"
#include "core/swarm/reader.hpp"
#include "core/swarm/rendezvous.hpp"
#include "core/swarm/tally.hpp"
#include "core/swarm/upload_desk.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace hive;
using namespace hive::swarm;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t mib = 1ull << 20;
constexpr time_point start{std::chrono::hours{1}};

node_id node(std::size_t n) {
  const auto digits = std::to_string(n);
  return {std::string(26 - digits.size(), '0') + digits};
}

template <class A>
std::vector<A> all(const actions& from) {
  std::vector<A> out;
  for (const auto& a : from)
    if (const auto* it = std::get_if<A>(&a)) out.push_back(*it);
  return out;
}

piece_claim claim_of(piece_index piece, int salt = 0) {
  piece_claim c{piece, {}};
  c.hash[0] = static_cast<std::byte>(piece);
  c.hash[1] = static_cast<std::byte>(salt);
  return c;
}

/// Knows every hash of a content of `count` pieces.
reader ready_reader(piece_index count) {
  reader r{node(0), *manifest::of("k", count * 4 * mib), 1};
  for (piece_index i = 0; i < count; ++i) (void)r.claim(node(9), claim_of(i), start);
  return r;
}

have_map holding(piece_index count, std::initializer_list<piece_index> pieces) {
  have_map map{count};
  for (const auto p : pieces) map.add(p);
  return map;
}

/// Nodes 0 to 2 take part; what the keeper of `self` knows.
lease_keeper keeper_of(std::size_t self) {
  lease_keeper k{"content", 100, node(self)};
  for (std::size_t i = 0; i < 3; ++i) k.hear({node(i)}, start);
  k.lacks(lack::something, start);
  return k;
}

/// In the rendezvous order of "content".
std::vector<std::size_t> order() {
  std::vector<std::size_t> out{0, 1, 2};
  std::sort(out.begin(), out.end(), [](auto a, auto b) {
    return rendezvous_weight("content", node(a)) > rendezvous_weight("content", node(b));
  });
  return out;
}

bool takes_within(lease_keeper& k, time_point from, std::chrono::milliseconds span) {
  for (auto t = from; t <= from + span; t += 100ms) {
    (void)k.tick(t);
    if (k.mine()) return true;
  }
  return false;
}

} // namespace

TEST_CASE(
    "a free lease goes to the first in the order, and to the next if that one does not take it") {
  auto first = keeper_of(order()[0]);
  auto second = keeper_of(order()[1]);
  CHECK(takes_within(first, start, 0ms));
  CHECK_FALSE(takes_within(second, start, 2900ms));
  CHECK(takes_within(second, start + 3s, 0ms));
  auto without_wan = keeper_of(order()[0]);
  without_wan.hear({node(order()[0]), reach::ok, false}, start);
  CHECK_FALSE(takes_within(without_wan, start, 20s));
  auto content = keeper_of(order()[0]);
  content.lacks(lack::nothing, start);
  CHECK_FALSE(takes_within(content, start, 20s));
}

TEST_CASE(
    "a lease ends 5 s after its owner is out of reach, at once when it is gone, and after 30 s "
    "without a byte") {
  const auto owner = order()[0];
  auto next = keeper_of(order()[1]);
  const lease held{1, node(owner), lease_state::held, 1, 1};
  REQUIRE(next.hear(held, start));
  SECTION("out of reach") {
    next.hear({node(owner), reach::unreachable}, start);
    CHECK_FALSE(takes_within(next, start, 4900ms));
    CHECK(takes_within(next, start + 5s, 0ms));
    CHECK(next.now().epoch == 2);
  }
  SECTION("back in time") {
    next.hear({node(owner), reach::unreachable}, start);
    CHECK_FALSE(takes_within(next, start, 4s));
    next.hear({node(owner), reach::ok}, start + 4s);
    CHECK_FALSE(takes_within(next, start + 4s, 20s));
  }
  SECTION("gone") {
    next.hear({node(owner), reach::gone}, start);
    CHECK(takes_within(next, start, 0ms));
  }
  SECTION("no byte, though it renews") {
    for (int i = 1; i < 15; ++i) {
      auto told = held;
      told.renewals += static_cast<std::uint64_t>(i);
      REQUIRE(next.hear(told, start + i * 2s));
      (void)next.tick(start + i * 2s);
    }
    CHECK_FALSE(takes_within(next, start + 28s, 1900ms));
    CHECK(takes_within(next, start + 30s, 0ms));
  }
  SECTION("slow, but some") {
    for (std::uint64_t i = 1; i < 4; ++i) {
      CHECK_FALSE(takes_within(next, start + (i - 1) * 29s, 28900ms));
      REQUIRE(next.hear(lease{1, node(owner), lease_state::held, 1 + i, i}, start + i * 29s));
    }
  }
}

TEST_CASE("what was fetched and is not to be had is fetched again after 5 s, at once by its owner "
          "or when that lied") {
  for (const std::size_t place : {0u, 1u, 2u}) {
    INFO("the owner is number " << place << " in the order");
    const auto owner = order()[place];
    const lease done{1, node(owner), lease_state::done, 100, 3};
    auto own = keeper_of(owner);
    REQUIRE(own.hear(done, start));
    CHECK(takes_within(own, start, 0ms));
    CHECK(own.now().epoch == 2);
    auto has_it = keeper_of(owner);
    has_it.lacks(lack::nothing, start);
    REQUIRE(has_it.hear(done, start));
    CHECK_FALSE(takes_within(has_it, start, 20s));
    auto other = keeper_of(order()[place == 0 ? 1 : 0]);
    REQUIRE(other.hear(done, start));
    CHECK_FALSE(takes_within(other, start, 4900ms));
    CHECK(takes_within(other, start + 5s, 0ms));
    auto deceived = keeper_of(order()[place == 0 ? 1 : 0]);
    REQUIRE(deceived.hear(done, start));
    (void)deceived.tick(start);
    deceived.lacks(lack::for_good, start + 1s);
    CHECK(takes_within(deceived, start + 1s, 0ms));
  }
}

TEST_CASE("the owner renews every 2 s and gives up what brings no byte, or when it has slept") {
  auto owner = keeper_of(order()[0]);
  REQUIRE(takes_within(owner, start, 0ms));
  int renewals = 0;
  for (auto t = start + 100ms; t <= start + 10s; t += 100ms) {
    owner.progressed(static_cast<std::uint64_t>((t - start) / 1s), t);
    renewals += static_cast<int>(all<tell>(owner.tick(t)).size());
  }
  CHECK(renewals == 5);
  CHECK(owner.now().progress == 10);
  SECTION("stuck") {
    CHECK(takes_within(owner, start + 10s, 0ms));
    for (auto t = start + 10s; t < start + 40s; t += 1s) (void)owner.tick(t);
    CHECK(owner.mine());
    const auto out = owner.tick(start + 40s);
    CHECK(all<stop_fetching>(out).size() == 1);
    CHECK(owner.now().state == lease_state::lost);
    // The others come first now.
    CHECK_FALSE(takes_within(owner, start + 40s, 5900ms));
    CHECK(takes_within(owner, start + 46s, 0ms));
  }
  SECTION("slept") {
    const auto out = owner.tick(start + 25s);
    CHECK(all<stop_fetching>(out).size() == 1);
    CHECK_FALSE(owner.mine());
  }
}

TEST_CASE("of two leases that meet the higher epoch wins, then the lower node; the loser stops") {
  auto mine = keeper_of(1);
  REQUIRE(takes_within(mine, start, 20s));
  const auto epoch = mine.now().epoch;
  SECTION("higher node of the same epoch") {
    CHECK(all<stop_fetching>(*mine.hear(lease{epoch, node(2), lease_state::held, 0, 0}, start))
              .empty());
    CHECK(mine.mine());
  }
  SECTION("lower node of the same epoch") {
    CHECK(all<stop_fetching>(*mine.hear(lease{epoch, node(0), lease_state::held, 0, 0}, start))
              .size() == 1);
    CHECK_FALSE(mine.mine());
  }
  SECTION("higher epoch") {
    CHECK(all<stop_fetching>(*mine.hear(lease{epoch + 1, node(2), lease_state::held, 0, 0}, start))
              .size() == 1);
    CHECK(mine.owned_by(node(2)));
  }
}

TEST_CASE("neighbours are ten at most, both ways, and connect everybody") {
  const auto count = GENERATE(std::size_t{2}, std::size_t{11}, std::size_t{12}, std::size_t{200});
  std::vector<node_id> everybody;
  for (std::size_t i = 0; i < count; ++i) everybody.push_back(node(i));
  std::set<node_id> reached{node(0)};
  std::vector<node_id> next{node(0)};
  while (!next.empty()) {
    const auto now = next.back();
    next.pop_back();
    const auto its = neighbours("c", now, everybody);
    CHECK(its.size() <= most_neighbours);
    for (const auto& other : its) {
      const auto back = neighbours("c", other, everybody);
      CHECK(std::find(back.begin(), back.end(), now) != back.end());
      if (reached.insert(other).second) next.push_back(other);
    }
    if (count > 20 && reached.size() > 40) break; // the whole would take long
  }
  CHECK(reached.size() >= std::min<std::size_t>(count, 41));
}

TEST_CASE("the rarest piece is asked for first, at most three requests of a peer at first") {
  auto r = ready_reader(8);
  r.holds(node(1), all_pieces(8));
  r.holds(node(2), holding(8, {0, 1, 2, 3, 4, 5, 6}));
  const auto asked = all<ask_piece>(r.fill(start));
  REQUIRE(asked.size() == 6);
  CHECK(asked[0] == ask_piece{node(1), 7});
  CHECK(std::count_if(asked.begin(), asked.end(),
                      [](const auto& a) { return a.peer == node(1); }) == 3);
}

TEST_CASE("nothing is asked for before its hash is claimed") {
  reader r{node(0), *manifest::of("k", 16 * mib), 1};
  r.holds(node(1), all_pieces(4));
  CHECK(r.fill(start).empty());
  (void)r.claim(node(9), claim_of(2), start);
  CHECK(all<ask_piece>(r.fill(start)) == std::vector{ask_piece{node(1), 2}});
}

TEST_CASE("what was found is forgotten when another hash is claimed, before or after") {
  reader r{node(0), *manifest::of("k", 16 * mib), 1};
  CHECK(r.found(claim_of(1, 1), false, start).empty());
  CHECK(all<forget_piece>(r.claim(node(9), claim_of(1), start)) == std::vector{forget_piece{1}});
  (void)r.claim(node(9), claim_of(2), start);
  CHECK(all<forget_piece>(r.found(claim_of(2, 1), false, start)) == std::vector{forget_piece{2}});
  CHECK(all<forget_piece>(r.found(claim_of(2), false, start)).empty());
  CHECK(r.have().held() == 1);
}

TEST_CASE("one wrong hash bars a peer for 30 s; the piece is neither kept nor told") {
  auto r = ready_reader(8);
  r.holds(node(1), all_pieces(8));
  const auto asked = all<ask_piece>(r.fill(start)).front();
  const auto out = r.arrived(node(1), claim_of(asked.piece, 1), start);
  REQUIRE(all<bar_peer>(out).size() == 1);
  const auto bar = all<bar_peer>(out).front();
  CHECK(bar.peer == node(1));
  CHECK(bar.piece == asked.piece);
  CHECK(bar.until == start + 30s);
  CHECK(bar.human.find(node(1).value) != std::string::npos);
  CHECK(all<keep_piece>(out).empty());
  CHECK(all<forget_piece>(out) == std::vector{forget_piece{asked.piece}});
  CHECK(r.have().held() == 0);
  CHECK(all<drop_piece>(out).size() == 2); // what else was asked of it
  CHECK(r.fill(start).empty());
  (void)r.tick(start + 29s);
  CHECK(r.fill(start + 29s).empty());
  (void)r.tick(start + 30s);
  CHECK_FALSE(r.fill(start + 30s).empty());
}

TEST_CASE("a piece without a byte for 3 s goes to another peer; the third time in a row bars") {
  auto r = ready_reader(9);
  r.holds(node(1), all_pieces(9));
  const auto asked = all<ask_piece>(r.fill(start));
  REQUIRE(asked.size() == 3);
  r.came(node(1), asked[0].piece, 10, start + 2s);
  r.waits(node(1), asked[1].piece, start + 2s);
  CHECK(all<drop_piece>(r.tick(start + 2900ms)).empty());
  const auto late = all<drop_piece>(r.tick(start + 3s));
  REQUIRE(late == std::vector{drop_piece{node(1), asked[2].piece}});
  r.holds(node(2), all_pieces(9));
  for (const auto& again : all<ask_piece>(r.fill(start + 3s)))
    if (again.piece == asked[2].piece) CHECK(again.peer == node(2));
  const auto bars = all<bar_peer>(r.tick(start + 5s));
  REQUIRE(bars.size() == 1); // both others are late now
  CHECK(bars[0].why == errc::timed_out);
}

TEST_CASE("a piece that is in line for 3 s goes to another peer, if one could be asked") {
  auto r = ready_reader(9);
  r.holds(node(1), all_pieces(9));
  const auto asked = all<ask_piece>(r.fill(start));
  REQUIRE(asked.size() == 3);
  r.came(node(1), asked[0].piece, 10, start + 1s);
  const auto say = [&](time_point at) {
    for (const auto& one : asked) r.waits(node(1), one.piece, at);
  };
  for (int s = 1; s <= 9; ++s) {
    say(start + s * 1s);
    CHECK(all<drop_piece>(r.tick(start + s * 1s)).empty());
  }
  // Of those one has it, and has no room; one had it and is barred; one has something else.
  r.holds(node(2), all_pieces(9));
  (void)r.fill(start + 9s);
  REQUIRE(r.peers().find(node(2))->asks == 3);
  r.holds(node(3), holding(9, {asked[1].piece}));
  (void)r.blame(node(3), start + 9s);
  r.holds(node(4), holding(9, {asked[0].piece}));
  say(start + 9500ms);
  CHECK(all<drop_piece>(r.tick(start + 9500ms)).empty());

  r.holds(node(5), holding(9, {asked[1].piece}));
  say(start + 10s);
  const auto out = r.tick(start + 10s);
  CHECK(all<drop_piece>(out) == std::vector{drop_piece{node(1), asked[1].piece}});
  CHECK(all<bar_peer>(out).empty());
  const auto again = all<ask_piece>(r.fill(start + 10s));
  CHECK(std::find(again.begin(), again.end(), ask_piece{node(5), asked[1].piece}) != again.end());
}

TEST_CASE("the last three pieces are asked of two peers, and what comes second is dropped") {
  auto r = ready_reader(3);
  r.holds(node(1), all_pieces(3));
  r.holds(node(2), all_pieces(3));
  const auto asked = all<ask_piece>(r.fill(start));
  CHECK(asked.size() == 6);
  r.came(node(2), 0, 7, start);
  const auto out = r.arrived(node(1), claim_of(0), start);
  CHECK(all<keep_piece>(out) == std::vector{keep_piece{0, node(1)}});
  CHECK(all<drop_piece>(out) == std::vector{drop_piece{node(2), 0}});
  CHECK(r.wasted() == 7);
}

TEST_CASE("eight are served at a time, in turn, and only what is here") {
  upload_desk desk;
  const have_map none{40};
  const auto here = all_pieces(40);
  CHECK(all<refuse_piece>(desk.asked(node(1), 3, none, none, start)).front().why ==
        errc::not_found);
  std::size_t granted = 0;
  for (piece_index i = 0; i < 9; ++i)
    granted += all<serve_piece>(desk.asked(node(1), i, here, none, start)).size();
  CHECK(granted == 8);
  CHECK(all<refuse_piece>(desk.asked(node(1), 9, here, none, start)).front().why ==
        errc::overloaded);
  CHECK(all<serve_piece>(desk.asked(node(2), 0, here, none, start)).empty());
  CHECK(all<tell>(desk.tick(none, start + 1s)).size() == 2); // both hear that they wait
  // The next slot goes to whom fewest are given.
  CHECK(all<serve_piece>(desk.over(node(1), 0, none, start)) ==
        std::vector{serve_piece{node(2), 0}});
  // One that takes no byte for 10 s loses its slot.
  CHECK(all<refuse_piece>(desk.tick(none, start + 10s)).size() == 8);
}

TEST_CASE("what nobody else has goes before everything") {
  upload_desk desk;
  const auto here = all_pieces(40);
  const auto first = holding(40, {30});
  desk.fetches(true);
  CHECK(all<serve_piece>(desk.asked(node(1), 0, here, first, start)).size() == 1);
  CHECK(all<serve_piece>(desk.asked(node(2), 1, here, first, start)).empty());
  CHECK(all<serve_piece>(desk.asked(node(1), 30, here, first, start)).size() == 1);
}

TEST_CASE("the fetcher asks first, fetches only what nobody has, and keeps to its window") {
  fetcher f{20};
  const have_map none{20};
  const auto union_of_all = holding(20, {0, 1});
  CHECK(all<tell>(f.begin({node(1), node(2)}, start)).size() == 1);
  CHECK(f.next(none, none, true, start + 900ms).empty());
  f.answered(node(1));
  f.answered(node(2));
  const auto fetched = all<fetch_piece>(f.next(none, union_of_all, true, start + 900ms));
  CHECK(fetched == std::vector{fetch_piece{2}, fetch_piece{3}});
  auto have = holding(20, {2, 3});
  CHECK(all<tell>(f.landed(claim_of(2), {node(1), node(2)}, start + 1s)).front().to ==
        std::vector{node(1)});
  CHECK(all<tell>(f.landed(claim_of(3), {node(1), node(2)}, start + 1s)).front().to ==
        std::vector{node(2)});
  CHECK(f.next(have, union_of_all, true, start + 1s).size() == 2);
  have.add(4), have.add(5);
  (void)f.landed(claim_of(4), {node(1)}, start + 2s);
  (void)f.landed(claim_of(5), {node(2)}, start + 2s);
  CHECK(f.exposed() == 4);
  CHECK(f.next(have, union_of_all, true, start + 2s).empty());
  f.passed_on(2, start + 2s);
  CHECK(f.next(have, union_of_all, true, start + 2s).size() == 1);
  SECTION("when nobody takes a byte for 3 s it goes on alone") {
    CHECK(f.next(have, union_of_all, true, start + 4900ms).empty());
    CHECK_FALSE(f.next(have, union_of_all, true, start + 5s).empty());
  }
  SECTION("what is not taken for 3 s is offered to another") {
    const auto again = all<tell>(f.tick({node(1), node(2), node(3)}, start + 5s));
    REQUIRE(again.size() == 3);
    CHECK(again[0].to != std::vector{node(2)}); // piece 3 was offered there
  }
}

TEST_CASE("bytes are counted, and the promise is a number") {
  tally sum{100, 5, 6, 7, 8};
  sum += tally{10, 1, 1, 1, 1};
  CHECK(sum == tally{110, 6, 7, 8, 9});
  CHECK(wan_ratio(sum, 100) == Approx(1.1));
  CHECK(wan_ratio(sum, 0) == 0);
  CHECK(wan_bound(*piece_grid::of(1024 * mib), 2, 3) == 2048 * mib + 3 * 4 * 4 * mib);
}
