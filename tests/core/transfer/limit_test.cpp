#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::testing;

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
  r.service->limit("job", 0);
  const auto end = who.wait_for_end();
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
  const auto end = who.wait_for_end();
  REQUIRE(end);
  CHECK(*end);
}

TEST_CASE("lanes that wait for their share are not taken for stalled ones") {
  origin server;
  server.serve("/f", generated(63, 32 * mib));
  auto options = quick();
  options.stall = 500ms;
  rig r{options};
  r.service->limit("", 4); // bytes a second: each of four lanes gets one
  ears who;
  const auto running = r.start(rig::file(63, 32 * mib, {server.url("/f")}), who, {"job"});
  REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.received >= 8; }));
  CHECK(who.last().lanes > 1);
  CHECK(r.service->counts().lane_retries == 0);
}
