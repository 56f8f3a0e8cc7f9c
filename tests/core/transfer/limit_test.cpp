#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include "core/transfer/token_bucket.hpp"

#include <algorithm>

using namespace hive;
using namespace hive::testing;
using hive::transfer::bandwidth;

namespace {

using time_point = bandwidth::time_point;

/// What eager lanes get through within `span`, asking in chunks and waiting as told.
std::uint64_t pump(bandwidth& limits, const std::vector<std::string>& jobs, time_point& now,
                   std::chrono::milliseconds span) {
  std::uint64_t sum = 0;
  const auto end = now + span;
  while (now < end) {
    if (const auto allowed = limits.allowance(jobs, now)) {
      const auto n = std::min<std::uint64_t>(allowed, 16 * kib);
      limits.spend(jobs, n, now);
      sum += n;
    } else {
      now += std::max(limits.wait(jobs, now), 1ms);
    }
  }
  return sum;
}

void check_near(std::uint64_t got, std::uint64_t wanted) {
  CAPTURE(got, wanted);
  CHECK(got >= wanted * 95 / 100);
  CHECK(got <= wanted * 105 / 100);
}

} // namespace

TEST_CASE("a bucket lets its rate through, to five percent over five seconds") {
  const auto rate = GENERATE(as<std::uint64_t>{}, 1000, 64 * kib, 10 * mib, 1024 * mib);
  bandwidth limits;
  auto now = time_point{} + 1h;
  limits.limit("", rate, now);
  check_near(pump(limits, {}, now, 5s), rate * 5);
  check_near(pump(limits, {}, now, 5s), rate * 5);
}

TEST_CASE("a bucket at rest saves a quarter of a second at most") {
  bandwidth limits;
  auto now = time_point{} + 1h;
  limits.limit("", 8 * mib, now);
  now += 1h;
  CHECK(limits.allowance({}, now) == 2 * mib);
  limits.limit("", 1000, now);
  CHECK(limits.allowance({}, now) == 64 * kib);
}

TEST_CASE("the most generous job holds, and always the node") {
  bandwidth limits;
  auto now = time_point{} + 1h;
  limits.limit("slow", mib, now);
  limits.limit("fast", 4 * mib, now);
  check_near(pump(limits, {"slow"}, now, 5s), 5 * mib);
  check_near(pump(limits, {"slow", "fast"}, now, 5s), 20 * mib);
  CHECK(limits.allowance({"slow", "free"}, now) == UINT64_MAX);
  limits.limit("", 2 * mib, now);
  check_near(pump(limits, {"slow", "fast"}, now, 5s), 10 * mib);
  check_near(pump(limits, {"slow", "free"}, now, 5s), 10 * mib);
  limits.limit("", 0, now);
  limits.limit("slow", 0, now);
  CHECK(limits.allowance({"slow"}, now) == UINT64_MAX);
}

TEST_CASE("a limit changes the rate of a running transfer, and lifting it frees it") {
  origin server;
  server.serve("/f", generated(61, 64 * mib));
  rig r;
  r.service->limit("job", 8 * mib);
  ears who;
  const auto begun = std::chrono::steady_clock::now();
  const auto running = r.start(rig::file(61, 64 * mib, {server.url("/f")}), who, {"job"});
  REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.received >= 8 * mib; }));
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun;
  CHECK(passed.count() > 0.9);
  CHECK(passed.count() < 3);
  r.service->limit("job", 0);
  const auto end = who.wait_for_end(10s);
  REQUIRE(end);
  CHECK(*end);
}

TEST_CASE("a transfer changes hands: another job's limit holds it then") {
  origin server;
  server.serve("/f", generated(62, 8 * mib));
  rig r;
  r.service->limit("stingy", 1);
  ears who;
  auto running = r.start(rig::file(62, 8 * mib, {server.url("/f")}), who, {"stingy"});
  REQUIRE(who.wait_for([](const ears& e) { return e.last().phase == "fetching"; }));
  CHECK(who.last().counts.received < 64 * kib);
  running.charge({"stingy", "generous"});
  const auto end = who.wait_for_end(10s);
  REQUIRE(end);
  CHECK(*end);
}
