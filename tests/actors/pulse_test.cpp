#include "actors/pulse.hpp"
#include "tests/actors/neighbours.hpp"

namespace hive::actors {
namespace {

struct pulse_stage {
  actor_world world;
  fake_narrator told;
  machine::reading now;
  std::size_t steps{0}; ///< of the survey
  std::size_t steps_needed{1};
  std::shared_ptr<std::atomic<std::uint64_t>> restarts{
      std::make_shared<std::atomic<std::uint64_t>>(0)};
  pulse_actor pulse;

  void start() {
    now.time += 1000h;
    now.disk = machine::extent{1000, 500};
    const auto narrator = told.in(world);
    pulse = world.spawn([&](caf::local_actor* parent) {
      return spawn_pulse(parent, {narrator, 100, restarts, [this] { return now; },
                                  [this]() -> std::optional<std::vector<machine::device>> {
                                    if (++steps % steps_needed != 0) return std::nullopt;
                                    return std::vector<machine::device>(steps);
                                  }});
    });
    world.settle();
  }
  ~pulse_stage() {
    order_stop(pulse, stop_reason::node_stopping);
    world.settle();
  }
  void pass(std::chrono::milliseconds time) {
    now.time += time;
    now.since_boot += time;
    world.pass(time);
  }
  pulse_taken take() { return *world.ask<pulse_taken>(pulse, take_pulse{}); }
};

TEST_CASE("ill health is told when it begins and when it ends, and not in between") {
  pulse_stage s;
  s.start();
  CHECK(s.take().ailments.empty());
  CHECK(s.told.told.empty());
  s.now.disk->available = 150;
  s.pass(5s);
  REQUIRE(s.told.told.size() == 1);
  const auto& first = s.told.told.front().what;
  CHECK(first.action == "health-changed");
  CHECK(first.weight == level::warning);
  CHECK(first.job.empty());
  CHECK(first.human.find("150 B of disk") != std::string::npos);
  s.now.disk->available = 140;
  s.pass(60s);
  CHECK(s.told.told.size() == 1);
  CHECK(s.take().ailments.size() == 1);
  s.now.disk->available = 900;
  s.pass(5s);
  REQUIRE(s.told.told.size() == 2);
  CHECK(s.told.told.back().what.weight == level::info);
}

TEST_CASE("a clock that jumped degrades the node for ten minutes") {
  pulse_stage s;
  s.start();
  s.now.time += 2h;
  s.pass(5s);
  REQUIRE(s.take().ailments.size() == 1);
  CHECK(s.take().ailments.front().what == machine::ailment::clock_jumped);
  s.pass(9min);
  CHECK(s.take().ailments.size() == 1);
  s.pass(2min);
  CHECK(s.take().ailments.empty());
}

TEST_CASE("a crash of the group degrades the node that it starts anew for ten minutes") {
  pulse_stage s;
  *s.restarts = 3;
  s.start();
  REQUIRE(s.take().ailments.size() == 1);
  CHECK(s.take().ailments.front().what == machine::ailment::restarted);
  s.pass(11min);
  CHECK(s.take().ailments.empty());
}

TEST_CASE("devices are looked for step by step every half minute, and unknown until then") {
  pulse_stage s;
  s.steps_needed = 3;
  s.start();
  CHECK(s.steps == 1);
  CHECK_FALSE(s.take().devices);
  s.pass(200ms);
  s.pass(200ms);
  CHECK(s.steps == 3);
  CHECK(s.take().devices->size() == 3);
  s.pass(29s);
  CHECK(s.steps == 3);
  s.pass(1s);
  CHECK(s.steps == 4);
  CHECK(s.take().devices->size() == 3);
}

TEST_CASE("a disk with less than a tenth free is an alert, until there is a little more") {
  pulse_stage s;
  s.start();
  const auto told = [&s](const std::string& action) {
    std::size_t count = 0;
    for (const auto& m : s.told.told) count += m.what.action == action ? 1U : 0U;
    return count;
  };
  s.now.disk = machine::extent{100'000, 9'999};
  s.pass(5s);
  CHECK(told("alert-on") == 1);
  s.now.disk->available = 10'500;
  s.pass(5s);
  CHECK(told("alert-off") == 0);
  s.now.disk->available = 11'000;
  s.pass(5s);
  CHECK(told("alert-on") == 1);
  CHECK(told("alert-off") == 1);
}

} // namespace
} // namespace hive::actors
