#include "core/discovery/responder.hpp"
#include "tests/core/discovery/nodes.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::discovery;
using namespace hive::discovery::test;
using namespace std::chrono_literals;

namespace {

using time_point = responder::time;
constexpr time_point start = 1h;

/// What is sent until `until`, with when.
struct sent {
  time_point at;
  dns::message what;
};
std::vector<sent> run(responder& who, time_point from, time_point until) {
  std::vector<sent> out;
  for (auto now = std::max(from, who.next()); now <= until; now = who.next()) {
    for (const auto& datagram : who.due(now)) out.push_back({now, *dns::read(datagram)});
    REQUIRE(who.next() > now);
  }
  return out;
}
std::vector<time_point> times(const std::vector<sent>& all, bool responses) {
  std::vector<time_point> out;
  for (const auto& one : all)
    if (one.what.response == responses) out.push_back(one.at - start);
  return out;
}
const std::string question = dns::written(inquiry());

} // namespace

TEST_CASE("a node asks at once, twice more, then seldom") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    responder one{std::nullopt, seed, start};
    const auto asked = times(run(one, start, start + 5min), false);
    REQUIRE(asked.size() >= 6);
    CHECK(asked[0] >= 20ms);
    CHECK(asked[0] <= 120ms);
    CHECK(asked[1] - asked[0] == 1s);
    CHECK(asked[2] - asked[1] == 2s);
    for (std::size_t i = 3; i < asked.size(); ++i) {
      CHECK(asked[i] - asked[i - 1] >= 60s);
      CHECK(asked[i] - asked[i - 1] <= 90s);
    }
    CHECK_FALSE(one.farewell());
  }
}

TEST_CASE("a question of somebody else is as good as one's own, but for the first") {
  responder one{std::nullopt, 7, start};
  one.hear(question, start);
  CHECK(times(run(one, start, start + 10s), false).size() == 3);
  one.hear(question, start + 50s);
  CHECK(times(run(one, start + 50s, start + 109s), false).empty());
  CHECK(times(run(one, start + 109s, start + 140s), false).size() == 1);
}

TEST_CASE("a node announces itself twice, when it begins and when it moves, and says farewell") {
  responder one{node(1), 3, start};
  CHECK(times(run(one, start, start + 10s), true).empty());
  CHECK_FALSE(one.farewell());
  one.reach_at({"10.0.0.1:7836"}, start + 10s);
  const auto said = times(run(one, start + 10s, start + 30s), true);
  REQUIRE(said.size() == 2);
  CHECK(said[0] - 10s <= 100ms);
  CHECK(said[1] - said[0] == 1s);
  one.reach_at({"10.0.0.1:7836"}, start + 30s);
  CHECK(times(run(one, start + 30s, start + 40s), true).empty());
  one.reach_at({"10.0.0.2:7836"}, start + 40s);
  const auto moved = run(one, start + 40s, start + 50s);
  CHECK(times(moved, true).size() == 2);
  CHECK(sightings_in(moved.front().what).front().addresses ==
        std::vector<std::string>{"10.0.0.2:7836"});
  REQUIRE(one.farewell());
  CHECK(sightings_in(*dns::read(*one.farewell())).front().lasts == 0s);
  one.reach_at({}, start + 50s);
  const auto gone = run(one, start + 50s, start + 51s);
  REQUIRE(times(gone, true) == std::vector<time_point>{50s});
  CHECK(sightings_in(gone.front().what).front().addresses ==
        std::vector<std::string>{"10.0.0.2:7836"});
  CHECK(sightings_in(gone.front().what).front().lasts == 0s);
  CHECK_FALSE(one.farewell());
  one.hear(question, start + 51s);
  CHECK(times(run(one, start + 51s, start + 55s), true).empty());
}

TEST_CASE("what was not said is not taken back, and what was said is") {
  responder one{node(1), 3, start};
  one.reach_at({"10.0.0.1:7836"}, start);
  one.reach_at({}, start);
  CHECK_FALSE(one.farewell());
  CHECK(times(run(one, start, start + 5s), true).empty());
  one.reach_at({"10.0.0.1:7836"}, start + 5s);
  run(one, start + 5s, start + 10s);
  one.reach_at({"10.0.0.2:7836"}, start + 10s);
  // Its end comes before it said where it has moved.
  REQUIRE(one.farewell());
  CHECK(sightings_in(*dns::read(*one.farewell())).front().addresses ==
        std::vector<std::string>{"10.0.0.1:7836"});
  one.reach_at({}, start + 10s);
  REQUIRE(one.farewell());
  // It is back before it said that it goes.
  one.reach_at({"10.0.0.1:7836"}, start + 10s);
  for (const auto& each : run(one, start + 10s, start + 20s))
    if (each.what.response) CHECK(sightings_in(each.what).front().lasts == usual_life);
}

TEST_CASE("a question that knows some leaves one's own to be asked") {
  responder one{std::nullopt, 7, start};
  run(one, start, start + 10s);
  const auto due = one.next();
  auto knows = inquiry();
  knows.records.push_back(message_of(node(2), {"10.0.0.2:7836"}, usual_life)->records[1]);
  one.hear(dns::written(knows), start + 11s);
  CHECK(one.next() == due);
  one.hear(question, start + 50s);
  CHECK(one.next() > due);
}

TEST_CASE("what comes back to who sent it is not heard") {
  responder one{node(1), 3, start};
  one.reach_at({"10.0.0.1:7836"}, start);
  std::size_t said = 0;
  std::vector<time_point> asked;
  for (auto now = one.next(); now < start + 5min; now = one.next())
    for (const auto& datagram : one.due(now)) {
      const bool is_response = dns::read(datagram)->response;
      if (is_response) ++said;
      if (!is_response) asked.push_back(now);
      CHECK(one.hear(datagram, now + 1ms).empty());
    }
  CHECK(said == 2);
  CHECK(asked.size() >= 6);
  for (std::size_t i = 3; i < asked.size(); ++i) CHECK(asked[i] - asked[i - 1] <= 90s);
  // The same words once more are somebody else's.
  while (one.due(one.next()) != std::vector{question}) {
  }
  const auto now = asked.back();
  one.hear(question, now);
  one.hear(question, now);
  CHECK(times(run(one, now, now + 5s), true).size() == 1);
}

TEST_CASE("a question is answered soon, at most once a second, and only if it is one") {
  responder one{node(1), 3, start};
  one.reach_at({"10.0.0.1:7836"}, start);
  run(one, start, start + 10s);
  one.hear(question, start + 10s);
  one.hear(question, start + 10s);
  const auto first = times(run(one, start + 10s, start + 20s), true);
  REQUIRE(first.size() == 1);
  CHECK(first[0] - 10s >= 20ms);
  CHECK(first[0] - 10s <= 120ms);
  // A flood of questions.
  std::vector<time_point> said;
  for (auto now = start + 20s; now < start + 30s; now += 10ms) {
    one.hear(question, now);
    for (const auto at : times(run(one, now, now), true)) said.push_back(at);
  }
  CHECK(said.size() >= 9);
  CHECK(said.size() <= 10);
  run(one, start + 30s, start + 32s);

  auto knows = inquiry();
  knows.records = message_of(node(1), {"10.0.0.1:7836"}, usual_life)->records;
  one.hear(dns::written(knows), start + 40s);
  CHECK(times(run(one, start + 40s, start + 45s), true).empty());
  knows.questions.push_back({dns::below(node(1).node.value, service_name()), dns::type_srv});
  one.hear(dns::written(knows), start + 41s);
  CHECK(times(run(one, start + 41s, start + 45s), true).size() == 1);
  dns::message other;
  other.questions.push_back({dns::name_of("_http._tcp.local"), dns::type_ptr});
  one.hear(dns::written(other), start + 45s);
  one.hear("no datagram", start + 45s);
  one.hear(datagram_of(node(2)), start + 45s);
  CHECK(times(run(one, start + 45s, start + 50s), true).empty());
}
