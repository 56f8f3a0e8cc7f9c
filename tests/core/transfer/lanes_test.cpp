// How many lanes, whose, and which are too slow: pure decisions.
#include "tests/support/catch.hpp"

#include "core/transfer/lane_pace.hpp"
#include "core/transfer/lane_pool.hpp"
#include "core/transfer/lane_speed.hpp"

#include <algorithm>
#include <functional>
#include <vector>

using namespace hive::transfer;
using namespace std::chrono_literals;

namespace {

/// An origin that sends `rate(lanes)` bytes per second; ten samples a second.
void run(lane_pace& pace, double seconds, const std::function<double(std::size_t)>& rate,
         double held = 0) {
  for (int i = 0; i < static_cast<int>(seconds * 10); ++i) {
    const auto lanes = pace.allowed();
    pace.sample({0.1, static_cast<std::uint64_t>(rate(lanes) * 0.1), lanes, held});
  }
}

double capped_each(std::size_t lanes) {
  return 20e6 * static_cast<double>(lanes);
}

class taker final : public lane_taker {
 public:
  explicit taker(std::size_t wants) : wants_(wants) {}
  bool lane_granted(lane_slot slot) override {
    if (slots.size() >= wants_) return false;
    slots.push_back(std::move(slot));
    return true;
  }
  void yield_lane() override {
    ++asked;
    if (slots.size() > 1) slots.pop_back();
  }

  std::vector<lane_slot> slots;
  int asked{0};

 private:
  std::size_t wants_;
};

struct bench {
  explicit bench(lane_limits limits) : pool(limits, [this] { due = true; }) {}

  void run() {
    for (int turns = 0; due && turns < 1000; ++turns) {
      due = false;
      pool.hand_out();
    }
  }
  /// Takes as many as it can get, to `most`.
  void fill(const std::shared_ptr<taker>& who, const std::string& job, std::size_t most,
            const std::string& where = "https://a:443") {
    while (who->slots.size() < most) {
      auto got = pool.take(who, where, job);
      if (!got) return;
      who->slots.push_back(std::move(*got));
    }
  }

  bool due{false};
  lane_pool pool;
};

} // namespace

TEST_CASE("lanes double while that brings more, up to the most") {
  lane_pace pace{4, 16};
  CHECK(pace.allowed() == 4);
  run(pace, 1.5, capped_each);
  CHECK(pace.allowed() == 16);
  run(pace, 60, capped_each);
  CHECK(pace.allowed() == 16);
}

TEST_CASE("one lane is used where more do not help, and more are tried again only much later") {
  lane_pace pace{4, 16};
  const auto shared_line = [](std::size_t) { return 50e6; };
  run(pace, 10, shared_line);
  CHECK(pace.allowed() == 1);
  run(pace, 15, shared_line);
  CHECK(pace.allowed() == 1);
}

TEST_CASE("the fewest that bring all are found") {
  lane_pace pace{4, 16};
  const auto line_of_three = [](std::size_t lanes) { return std::min(60e6, capped_each(lanes)); };
  run(pace, 10, line_of_three);
  CHECK(pace.allowed() == 4);
}

TEST_CASE("a collapse halves the lanes") {
  lane_pace pace{4, 16};
  run(pace, 5, capped_each);
  REQUIRE(pace.allowed() == 16);
  run(pace, 2.5, [](std::size_t) { return 5e6; });
  CHECK(pace.allowed() == 8);
}

TEST_CASE(
    "lanes this node cannot keep up with are closed, and the rate says nothing of the server") {
  lane_pace pace{8, 16};
  run(
      pace, 3, [](std::size_t) { return 1e9; }, 0.9);
  CHECK(pace.allowed() == 1);
}

TEST_CASE("a bandwidth limit takes no lanes away and adds none") {
  lane_pace pace{4, 16};
  for (int i = 0; i < 300; ++i) pace.sample({0.1, 1'000'000, 4, 0.9, true});
  CHECK(pace.allowed() == 4);
  run(pace, 1.5, capped_each);
  CHECK(pace.allowed() == 16);
  for (int i = 0; i < 300; ++i) pace.sample({0.1, 1'000'000, 16, 0.9, true});
  CHECK(pace.allowed() == 16);
}

TEST_CASE("what the server refused is not tried for a while, each time for longer") {
  lane_pace pace{4, 16};
  run(pace, 1.5, capped_each);
  REQUIRE(pace.allowed() == 16);
  pace.crowded(6);
  CHECK(pace.allowed() == 6);
  run(pace, 55, capped_each);
  CHECK(pace.allowed() == 6);
  run(pace, 10, capped_each);
  CHECK(pace.allowed() > 6);
  pace.crowded(6);
  run(pace, 110, capped_each);
  CHECK(pace.allowed() == 6);
  pace.crowded(0);
  CHECK(pace.allowed() == 1);
}

TEST_CASE("lanes refused together are one refusal") {
  lane_pace pace{16, 16};
  for (std::size_t others = 15; others >= 6; --others) pace.crowded(others);
  CHECK(pace.allowed() == 6);
  run(pace, 70, capped_each);
  CHECK(pace.allowed() == 16);
}

TEST_CASE("samples of fewer lanes than allowed change nothing") {
  lane_pace pace{4, 16};
  for (int i = 0; i < 100; ++i) pace.sample({0.1, 1000, 2, 0});
  CHECK(pace.allowed() == 4);
  CHECK(lane_pace(4, 2).allowed() == 2);
}

TEST_CASE("lanes that were led here from elsewhere count once they stay") {
  lane_pace pace{4, 16};
  for (int i = 0; i < 40; ++i) pace.sample({0.1, 800'000, 8, 0});
  CHECK(pace.allowed() >= 8);
}

TEST_CASE("an origin gives no more lanes than it may, and the process neither") {
  bench b{{16, 16, 20}};
  const auto one = std::make_shared<taker>(100);
  b.fill(one, "job", 100);
  CHECK(one->slots.size() == 16);
  const auto two = std::make_shared<taker>(100);
  b.fill(two, "job", 100, "https://b:443");
  CHECK(two->slots.size() == 4);
  CHECK(b.pool.open() == 20);
  b.pool.set_total(22);
  b.run();
  CHECK(two->slots.size() == 5);
  b.fill(two, "job", 100, "https://b:443");
  CHECK(b.pool.open() == 22);
}

TEST_CASE("a lane that is led to another origin leaves its place to who waits") {
  bench b{{1, 16, 64}};
  const auto first = std::make_shared<taker>(1);
  const auto second = std::make_shared<taker>(1);
  b.fill(first, "one", 1);
  b.fill(second, "two", 1);
  b.run();
  REQUIRE(first->slots.size() == 1);
  REQUIRE(second->slots.empty());
  first->slots.front().move_to("https://b:443");
  b.run();
  CHECK(second->slots.size() == 1);
}

TEST_CASE("a job that comes later gets its share of a busy origin") {
  bench b{{16, 16, 64}};
  const auto first = std::make_shared<taker>(16);
  b.fill(first, "old", 16);
  REQUIRE(first->slots.size() == 16);
  const auto later = std::make_shared<taker>(16);
  for (int i = 0; i < 20; ++i) {
    b.fill(later, "new", 16);
    b.run();
  }
  CHECK(first->slots.size() == 8);
  CHECK(later->slots.size() == 8);
  CHECK(first->asked <= 8);
}

TEST_CASE("files of one job do not take lanes from each other") {
  bench b{{4, 16, 64}};
  const auto first = std::make_shared<taker>(16);
  b.fill(first, "job", 4);
  const auto second = std::make_shared<taker>(16);
  b.fill(second, "job", 16);
  b.run();
  CHECK(first->slots.size() == 4);
  CHECK(first->asked == 0);
  first->slots.pop_back();
  b.run();
  CHECK(second->slots.size() == 1);
}

TEST_CASE("who is gone is not waited for") {
  bench b{{1, 1, 64}};
  auto first = std::make_shared<taker>(16);
  b.fill(first, "a", 1);
  auto gone = std::make_shared<taker>(16);
  b.fill(gone, "b", 1);
  gone.reset();
  first->slots.clear();
  const auto third = std::make_shared<taker>(16);
  b.fill(third, "c", 1);
  CHECK(third->slots.size() == 1);
}

TEST_CASE("a lane is slow while it is below an eighth of the best") {
  auto now = lane_speed::time_point{} + 1h;
  lane_speed speed{now, 0};
  std::uint64_t at = 0;
  const auto go = [&](double seconds, double rate, bool held = false) {
    for (int i = 0; i < static_cast<int>(seconds * 4); ++i) {
      now += 250ms;
      at += static_cast<std::uint64_t>(rate / 4);
      speed.sample(now, at, held);
      static_cast<void>(speed.slow_for(20e6));
    }
  };
  go(3, 20e6);
  CHECK(speed.rate() == Approx(20e6));
  CHECK(speed.slow_for(20e6) == 0s);
  go(15, 1000);
  CHECK(speed.slow_for(20e6) > 8s);
  go(1, 0, true);
  CHECK(speed.slow_for(20e6) < 1s);
  go(5, 20e6);
  CHECK(speed.slow_for(20e6) == 0s);
}

TEST_CASE("the speed of a lane is known when half a second of it was seen that was its own") {
  auto now = lane_speed::time_point{} + 1h;
  lane_speed speed{now, 0};
  const auto pass = [&](std::chrono::milliseconds time, bool held) {
    now += time;
    speed.sample(now, 0, held);
    return speed.is_known();
  };
  CHECK_FALSE(pass(1ms, false));
  CHECK_FALSE(pass(10s, true));
  CHECK_FALSE(pass(400ms, false));
  CHECK(pass(110ms, false));
}

TEST_CASE("a lane of a few bytes a second is slow even when it is the best") {
  auto now = lane_speed::time_point{} + 1h;
  lane_speed crawling{now, 0};
  lane_speed walking{now, 0};
  for (std::uint64_t i = 1; i <= 80; ++i) {
    now += 250ms;
    crawling.sample(now, i, false);
    walking.sample(now, i * 512, false);
    CHECK(walking.slow_for(2048) == 0s);
    static_cast<void>(crawling.slow_for(4));
  }
  CHECK(crawling.slow_for(4) > 15s);
}

TEST_CASE("fewer lanes in all close what is over, but the last one of each; more open again") {
  bench b{{8, 8, 12}};
  const auto rich = std::make_shared<taker>(8);
  const auto poor = std::make_shared<taker>(1);
  b.fill(poor, "a", 1, "x");
  b.fill(rich, "b", 8, "x");
  REQUIRE(b.pool.open() == 8);
  b.pool.set_total(4);
  b.run();
  CHECK(b.pool.open() == 4);
  CHECK(poor->slots.size() == 1);
  b.pool.set_total(1);
  b.run();
  CHECK(b.pool.open() == 2);
  CHECK(rich->slots.size() == 1);
  CHECK_FALSE(b.pool.take(rich, "x", "b"));
  b.pool.set_total(12);
  b.run();
  CHECK(rich->slots.size() == 2);
}
