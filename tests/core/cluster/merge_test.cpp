// Rows of random pasts, merged in every order: the result is one.
#include "core/base/random.hpp"
#include "tests/core/cluster/rig.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::cluster;
using namespace hive::cluster::test;

namespace {

sighting random_sighting(random_sequence& random) {
  return a_sighting("o" + std::to_string(random.below(4)),
                    static_cast<certainty>(1 + random.below(3)),
                    wall_time{milliseconds{random.below(3)}});
}

row_ptr random_row(random_sequence& random) {
  member_row row;
  auto who = a_profile("m");
  who.boot = random.below(2);
  row.who = std::make_shared<const profile>(std::move(who));
  row.incarnation = 1 + random.below(3);
  row.version = static_cast<std::uint32_t>(random.below(3));
  row.life = static_cast<lifecycle>(random.below(5));
  row.draining = random.below(2) != 0;
  for (auto left = random.below(3); left > 0; --left)
    row.sightings.push_back(random_sighting(random));
  return sealed(std::move(row));
}

} // namespace

TEST_CASE("merging rows is commutative, associative and idempotent") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    random_sequence random{seed};
    for (int i = 0; i < 3000; ++i) {
      const auto a = random_row(random), b = random_row(random), c = random_row(random);
      CAPTURE(seed, i);
      REQUIRE(merged(a, b)->hash == merged(b, a)->hash);
      REQUIRE(merged(merged(a, b), c)->hash == merged(a, merged(b, c))->hash);
      REQUIRE(merged(a, a)->hash == a->hash);
      REQUIRE(merged(merged(a, b), b)->hash == merged(a, b)->hash);
    }
  }
}

TEST_CASE("what a merge keeps") {
  const auto vote = a_sighting("o1", certainty::vote);
  const auto other = a_sighting("o2", certainty::vote);
  const auto down = a_sighting("o1", certainty::down);
  const auto up = lifecycle::up;
  struct row {
    const char* what;
    row_ptr a, b;
    reachability reach;
    std::uint64_t incarnation;
  };
  const row table[] = {
      {"one vote", a_row("m", 1, 0, up, {vote}), a_row("m"), reachability::suspect, 1},
      {"two observers", a_row("m", 1, 0, up, {vote}), a_row("m", 1, 0, up, {other}),
       reachability::unreachable, 1},
      {"the same observer twice", a_row("m", 1, 0, up, {vote}), a_row("m", 1, 0, up, {vote}),
       reachability::suspect, 1},
      {"a newer version clears votes", a_row("m", 1, 0, up, {vote, other}), a_row("m", 1, 1),
       reachability::ok, 1},
      {"a newer version does not clear down", a_row("m", 1, 0, up, {down}), a_row("m", 1, 9),
       reachability::down, 1},
      {"a newer incarnation clears down", a_row("m", 1, 3, up, {down}), a_row("m", 2, 0),
       reachability::ok, 2},
      {"an old word about the dead says nothing of the living", a_row("m", 2),
       a_row("m", 1, 7, up, {down}), reachability::ok, 2},
  };
  for (const auto& r : table) {
    CAPTURE(r.what);
    const auto got = merged(r.a, r.b);
    CHECK(reachability_of(*got) == r.reach);
    CHECK(got->incarnation == r.incarnation);
  }
}

TEST_CASE("a forgotten incarnation stays forgotten, a newer one is a member again") {
  const auto struck = a_row("m", 3, 1, lifecycle::forgotten);
  CHECK(merged(struck, a_row("m", 3, 9))->life == lifecycle::forgotten);
  CHECK(merged(struck, a_row("m", 4))->life == lifecycle::up);
}
