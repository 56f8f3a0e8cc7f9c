#include "actors/roll_call.hpp"

#include "tests/support/catch.hpp"

namespace hive::actors {
namespace {

using namespace std::chrono_literals;

/// A roll call under a clock that is set by hand.
struct call_at {
  roll_call roll{{.every = 3s, .tell = 6s, .tell_blocking = 10s, .end = 15s}};
  std::vector<resident> alive{{1, 9, "desk", false}, {2, 9, "ledger", true}};
  roll_call::time_point start{};

  std::size_t call(std::chrono::seconds at) { return roll.call(start + at, alive).size(); }
  std::vector<sign> signs(std::chrono::seconds at) {
    std::vector<sign> all;
    for (const auto& f : roll.judge(start + at)) all.push_back(f.what);
    return all;
  }
};

TEST_CASE("nobody has more than one question open") {
  call_at on;
  CHECK(on.call(0s) == 2);
  CHECK(on.call(3s) == 0);
  CHECK_FALSE(on.roll.hear(1, on.start + 4s));
  CHECK(on.call(6s) == 1);
  CHECK_FALSE(on.roll.hear(77, on.start + 6s)); // nobody knows it
}

TEST_CASE("a silent actor is told about, then lost, then stuck, each once; one that blocks is told "
          "about only") {
  call_at on;
  on.call(0s);
  CHECK(on.signs(5s).empty());
  CHECK(on.signs(6s) == std::vector{sign::silent});
  CHECK(on.signs(9s).empty());
  CHECK(on.signs(10s) == std::vector{sign::silent}); // the ledger
  CHECK(on.signs(15s) == std::vector{sign::lost});
  CHECK(on.signs(18s).empty());
  CHECK(on.signs(30s) == std::vector{sign::stuck});
  CHECK(on.signs(1h).empty());
  REQUIRE(on.roll.silent(on.start + 40s).size() == 2);
  CHECK(on.roll.silent(on.start + 40s)[1].silence == 40s);
}

TEST_CASE("one that answers again is told about only when its silence was") {
  call_at on;
  on.call(0s);
  on.signs(12s);
  const auto back = on.roll.hear(2, on.start + 42s);
  REQUIRE(back);
  CHECK(back->what == sign::back);
  CHECK(back->silence == 42s);
  CHECK(back->who.name == "ledger");
  CHECK_FALSE(on.roll.hear(2, on.start + 43s)); // it was not asked again
  CHECK(on.roll.silent(on.start + 43s).size() == 1);
}

TEST_CASE("who has gone owes no answer") {
  call_at on;
  on.call(0s);
  on.signs(12s);
  on.alive.clear();
  on.call(12s);
  CHECK(on.roll.silent(on.start + 13s).empty());
  CHECK(on.signs(20s).empty());
}

} // namespace
} // namespace hive::actors
