#include "actors/queue_ages.hpp"
#include "tests/support/catch.hpp"

using namespace hive::actors;
using namespace std::chrono_literals;

namespace {

struct looker {
  queue_ages ages{5s};
  queue_ages::time_point now{1h};
  std::vector<age_finding> look(std::uint64_t taken, std::uint64_t depth) {
    now += 1s;
    std::vector<backlog> all;
    if (depth > 0) all.push_back({7, "desk", taken, depth});
    return ages.look(all, now);
  }
};

} // namespace

TEST_CASE("a queue that stands still is found once, and once more when it moves") {
  looker at;
  for (int i = 0; i < 5; ++i) CHECK(at.look(10, 3).empty());
  const auto found = at.look(10, 4);
  REQUIRE(found.size() == 1);
  CHECK(found.front().id == 7);
  CHECK_FALSE(found.front().over);
  CHECK(found.front().age == 5s);
  CHECK(at.look(12, 4).empty()); // one of those that waited at the first look still does
  const auto moved = at.look(13, 2);
  REQUIRE(moved.size() == 1);
  CHECK(moved.front().over);
}

TEST_CASE("a queue that moves, but whose messages wait for ten seconds, is found for as long") {
  looker at;
  std::size_t found = 0;
  for (std::uint64_t i = 0; i < 40; ++i) found += at.look(i * 10, 100).size();
  CHECK(found == 1);
}

TEST_CASE("a long queue that moves all the time is none that stands") {
  looker at;
  for (std::uint64_t i = 0; i < 30; ++i) CHECK(at.look(i * 100, 100).empty());
}

TEST_CASE("an actor that is gone was found for the last time") {
  looker at;
  for (int i = 0; i < 6; ++i) at.look(1, 1);
  const auto gone = at.look(0, 0);
  REQUIRE(gone.size() == 1);
  CHECK(gone.front().over);
  CHECK(at.look(0, 0).empty());
}
