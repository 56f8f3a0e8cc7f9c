// Handshakes and redialling.
#include "core/cluster/handshake.hpp"
#include "core/cluster/redial.hpp"
#include "tests/core/cluster/rig.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::cluster;
using namespace hive::cluster::test;
using namespace std::chrono_literals;

namespace {

hello from(const std::string& id, protocol_range spoken_there = {1, 1},
           const std::string& cluster = "ca-one", std::uint64_t incarnation = 3) {
  auto row = *a_row(id, incarnation);
  auto who = *row.who;
  who.protocol = spoken_there;
  row.who = std::make_shared<const profile>(who);
  return {cluster, sealed(row), wall_time{1000h}};
}

} // namespace

TEST_CASE("a handshake settles the version, or both ends see why not") {
  struct row {
    protocol_range mine, theirs;
    int version;
  };
  // N-1 is spoken, N-2 is not.
  for (const auto& r : {row{{1, 2}, {1, 2}, 2}, row{{1, 2}, {1, 1}, 1}, row{{2, 3}, {1, 2}, 2},
                        row{{2, 3}, {1, 1}, 0}, row{{1, 1}, {2, 3}, 0}}) {
    const auto here = judge(from("a", r.mine), from("b", r.theirs), nullptr);
    const auto there = judge(from("b", r.theirs), from("a", r.mine), nullptr);
    CHECK(here.protocol == r.version);
    CHECK(there.protocol == r.version);
    if (r.version != 0) continue;
    CHECK(here.why == cause::bad_version);
    CHECK(there.why == cause::bad_version);
    CHECK_FALSE(here.sentence.empty());
  }
  const auto words = judge(from("a", {2, 3}), from("b", {1, 1}), nullptr).sentence;
  CHECK(words.find("versions 1,") != std::string::npos);
  CHECK(words.find("2 to 3") != std::string::npos);
}

TEST_CASE("a handshake refuses times that cannot be") {
  for (const auto clock : {wall_time::min(), wall_time::max(), wall_time{-1ms}}) {
    auto impossible = from("b");
    impossible.clock = clock;
    CHECK(judge(from("a"), impossible, nullptr).why == cause::bad_version);
    auto row = *a_row("b");
    row.changed = clock;
    CHECK_FALSE(check(row));
    row = *a_row("b", 1, 0, lifecycle::up, {a_sighting("c", certainty::down, clock)});
    CHECK_FALSE(check(row));
  }
}

TEST_CASE("a handshake refuses other hives, former lives and copies") {
  const auto known = a_row("b", 3);
  CHECK(judge(from("a"), from("b", {1, 1}, "ca-two"), nullptr).why == cause::wrong_cluster);
  CHECK(judge(from("a"), from("a"), nullptr).why == cause::banned);
  CHECK(judge(from("a"), from("b", {1, 1}, "ca-one", 2), known.get()).why == cause::banned);
  CHECK(judge(from("a"), from("b"), known.get()).is_accepted());
  CHECK(judge(from("a"), from("b", {1, 1}, "ca-one", 4), known.get()).is_accepted());
  auto copy = from("b");
  auto row = *copy.self;
  auto who = *row.who;
  who.boot = 5;
  row.who = std::make_shared<const profile>(who);
  copy.self = sealed(row);
  CHECK(judge(from("a"), copy, known.get()).why == cause::banned);
}

TEST_CASE("clocks that differ are worth a word, no more") {
  auto skewed = from("b");
  skewed.clock += 5min;
  const auto got = judge(from("a"), skewed, nullptr);
  CHECK(got.is_accepted());
  CHECK(got.skew == 5min);
  CHECK_FALSE(got.sentence.empty());
}

TEST_CASE("of two links the one the smaller id dialled stays, for both ends") {
  const node_id a{"a"}, b{"b"};
  CHECK(keeps_dialled_link(a, b));
  CHECK_FALSE(keeps_dialled_link(b, a));
}

TEST_CASE("redials wait at random below a ceiling that doubles to 30 s and never give up") {
  std::chrono::milliseconds longest{0};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    redial r{seed};
    auto ceiling = redial::first_ceiling;
    for (int i = 0; i < 40; ++i) {
      const auto wait = r.failed(cause::refused, 100s) - 100s;
      REQUIRE(wait >= 0ms);
      REQUIRE(wait <= ceiling);
      longest = std::max(longest, wait);
      ceiling = std::min(ceiling * 2, redial::last_ceiling);
    }
  }
  CHECK(longest > 25s);
}

TEST_CASE("ten seconds of health forgive failures, nine do not") {
  for (const auto healthy : {9s, 10s}) {
    redial r{3};
    for (int i = 0; i < 12; ++i) r.failed(cause::timeout, 0s);
    r.connected(100s);
    r.failed(cause::reset, 100s + healthy);
    CHECK(r.failures() == (healthy == 10s ? 1 : 13));
    CHECK(r.why() == cause::reset);
  }
}

TEST_CASE("a member that others reach is dialled as if it had never failed") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    redial r{seed};
    for (int i = 0; i < 12; ++i) r.failed(cause::timeout, 0s);
    r.forgive();
    CHECK(r.failures() == 0);
    CHECK(r.failed(cause::timeout, 100s) - 100s <= redial::first_ceiling);
  }
}

TEST_CASE("only advertised addresses are dialled, in turn") {
  auto who = a_profile("b");
  who.addresses = {"one:1", "two:2"};
  redial r{1};
  CHECK(*r.next_address(who) == "one:1");
  CHECK(*r.next_address(who) == "two:2");
  CHECK(*r.next_address(who) == "one:1");
  who.addresses.clear();
  CHECK(r.next_address(who) == nullptr);
}
