#include "core/machine/health.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace hive::machine;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t gibibyte = 1u << 30;

vitals well() {
  vitals v;
  v.now.disk = extent{1000 * gibibyte, 500 * gibibyte};
  v.now.memory = extent{64 * gibibyte, 32 * gibibyte};
  v.disk_reserve = gibibyte;
  return v;
}

std::vector<ailment> of(const vitals& v, const std::vector<reason>& before = {}) {
  std::vector<ailment> out;
  for (const auto& one : assess(v, before)) out.push_back(one.what);
  return out;
}

} // namespace

TEST_CASE("silent actors and threads that are held up are reasons, in their own words") {
  auto v = well();
  v.silent = {"the catalog has not answered for 12 s"};
  v.held_up = "the disk has not finished a write for 7 s";
  CHECK(of(v) == std::vector{ailment::actor_silent, ailment::held_up});
  CHECK(sentence(assess(v, {})) == v.silent.front() + "; " + v.held_up);
  CHECK(to_string(ailment::actor_silent) == "actor-silent");
  CHECK(to_string(ailment::held_up) == "held-up");
}

TEST_CASE("a node is healthy unless a fact says otherwise, and what is unknown says nothing") {
  CHECK(assess(well(), {}).empty());
  CHECK(assess({}, {}).empty());
  auto v = well();
  v.now.disk->available = 2 * gibibyte - 2;
  CHECK(of(v) == std::vector{ailment::disk_low});
  v.now.memory->available = gibibyte / 2;
  CHECK(of(v) == std::vector{ailment::disk_low, ailment::memory_low});
  v.jump = -3h;
  v.restarts = 2;
  CHECK(of(v).size() == 4);
  const auto text = sentence(assess(v, {}));
  CHECK(text.find("2.15 GB of disk") != std::string::npos);
  CHECK(text.find("jumped 3:00:00 back") != std::string::npos);
}

TEST_CASE("little memory is a hundredth of a large machine and a fixed part of a small one") {
  auto v = well();
  v.now.memory = extent{gibibyte, gibibyte / 9};
  CHECK(of(v) == std::vector{ailment::memory_low});
  v.now.memory = extent{gibibyte, gibibyte / 7};
  CHECK(of(v).empty());
}

TEST_CASE("a reason holds on until its figure is a tenth better, so that it does not flicker") {
  auto v = well();
  v.now.disk->available = 2 * gibibyte - 2;
  const auto low = assess(v, {});
  v.now.disk->available = 2 * gibibyte + gibibyte / 10;
  CHECK(of(v, low) == std::vector{ailment::disk_low});
  CHECK(of(v).empty());
  v.now.disk->available = 3 * gibibyte;
  CHECK(of(v, low).empty());
}

TEST_CASE("any reserve can be compared") {
  auto v = well();
  v.disk_reserve = UINT64_MAX;
  CHECK(of(v) == std::vector{ailment::disk_low});
  CHECK(of(v, assess(v, {})) == std::vector{ailment::disk_low});
}

TEST_CASE("a clock jumps when it goes other than time does") {
  reading before;
  before.time += 1000h;
  before.since_boot = 5h;
  auto now = before;
  now.time += 5s;
  now.since_boot += 5s;
  CHECK_FALSE(clock_jump(before, now));
  now.time += 1900ms; // slewed, or a late look at one of the two
  CHECK_FALSE(clock_jump(before, now));
  now.time += 1h;
  CHECK(clock_jump(before, now) == 1h + 1900ms);
  now.time -= 2h;
  CHECK(clock_jump(before, now) == -1h + 1900ms);
}
