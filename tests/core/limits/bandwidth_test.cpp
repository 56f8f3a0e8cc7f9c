// Limits as a simulation over virtual time: lanes ask, take, wait and are woken as the facility
// does it.
#include "core/limits/bandwidth.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>

using namespace hive::limits;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kb = 1000;
constexpr std::uint64_t mb = 1000 * kb;

/// A lane with a network of its own behind it: bytes arrive at its rate, up to a socket's worth.
struct sim_lane {
  charge jobs;
  double arrives{0}; ///< bytes/s; 0: endless
  double held{0};    ///< came and not taken
  bool waits{false};
  std::uint64_t taken{0};
  std::uint64_t window{0}; ///< taken since the window began
  time_point last_byte{};
};

/// Steps of a millisecond; wakes are late by up to `jitter`.
class simulation {
 public:
  bandwidth limits;
  std::vector<std::unique_ptr<sim_lane>> lanes;
  std::chrono::milliseconds jitter{0};

  sim_lane& add(charge jobs, double arrives = 0) {
    lanes.push_back(std::make_unique<sim_lane>());
    auto& made = *lanes.back();
    made.jobs = std::move(jobs);
    made.arrives = arrives;
    made.last_byte = now_;
    return made;
  }
  void remove(sim_lane& gone) {
    limits.forget(&gone);
    std::erase_if(lanes, [&](const auto& l) { return l.get() == &gone; });
  }
  void limit(const std::string& bucket, std::uint64_t rate) {
    wake(limits.limit(bucket, rate, now_));
  }

  void pass(std::chrono::milliseconds span) {
    for (const auto end = now_ + span; now_ < end; now_ += 1ms) {
      look();
      for (auto& l : lanes) feed(*l);
    }
  }
  /// Bytes everybody took within `span`.
  std::uint64_t window(std::chrono::milliseconds span = 5s) {
    for (auto& l : lanes) l->window = 0;
    pass(span);
    return of({});
  }
  /// Bytes of this window charged to a job (all of them: no name).
  std::uint64_t of(const std::string& job) const {
    std::uint64_t sum = 0;
    for (const auto& l : lanes)
      if (job.empty() || l->jobs.front() == job) sum += l->window;
    return sum;
  }
  time_point now() const { return now_; }

 private:
  void look() {
    if (now_ < due_at_) return;
    due_at_ = time_point::max();
    wake(limits.due(now_));
    if (const auto wait = limits.wait(now_)) look_in(*wait);
  }
  void look_in(std::chrono::milliseconds wait) {
    const auto at = now_ + wait;
    if (at >= due_at_) return;
    const auto late = jitter.count() == 0 ? 0 : dice_() % static_cast<unsigned>(jitter.count());
    due_at_ = at + std::chrono::milliseconds{late};
  }
  void wake(const std::vector<spender>& whom) {
    for (auto* const who : whom) static_cast<sim_lane*>(who)->waits = false;
  }
  void feed(sim_lane& l) {
    l.held = l.arrives == 0 ? 64e6 : std::min(l.held + l.arrives / 1000, 512e3);
    while (!l.waits && l.held >= 1) {
      const auto most = std::min<std::uint64_t>(static_cast<std::uint64_t>(l.held), 16 * 1024);
      const auto allowed = limits.ask(&l, l.jobs, now_);
      if (allowed == 0) {
        l.waits = true;
        look_in(limits.wait(l.jobs, now_));
        return;
      }
      const auto n = std::min(most, allowed);
      limits.spend(&l, l.jobs, n, now_);
      l.held -= static_cast<double>(n);
      l.taken += n;
      l.window += n;
      l.last_byte = now_;
    }
  }

  time_point now_{time_point{} + 1h};
  time_point due_at_{time_point::max()};
  std::minstd_rand dice_{7};
};

void check_near(std::uint64_t got, double wanted, double percent) {
  CAPTURE(got, wanted);
  CHECK(std::abs(static_cast<double>(got) - wanted) <= wanted * percent / 100);
}

} // namespace

TEST_CASE("a limit holds within five percent in every window of five seconds") {
  const auto rate = GENERATE(as<std::uint64_t>{}, 1 * kb, 10 * kb, 1 * mb, 20 * mb, 200 * mb);
  const auto count = GENERATE(1, 16, 64);
  CAPTURE(rate, count);
  simulation s;
  s.jitter = 8ms;
  for (int i = 0; i < count; ++i) s.add({"job"});
  s.limit("", rate);
  for (int i = 0; i < 2; ++i) check_near(s.window(), static_cast<double>(rate) * 5, 5);
}

TEST_CASE("a change of the limit holds within a second") {
  const auto count = GENERATE(1, 16, 64);
  simulation s;
  for (int i = 0; i < count; ++i) s.add({"job"});
  s.limit("", 200 * mb);
  s.pass(2s);
  for (const auto rate : {1 * mb, 20 * mb, 10 * kb, 200 * mb}) {
    CAPTURE(rate, count);
    s.limit("", rate);
    s.pass(1s);
    check_near(s.window(1s), static_cast<double>(rate), 6);
    check_near(s.window(), static_cast<double>(rate) * 5, 5);
  }
}

TEST_CASE("no lane starves, however many there are and however little they share") {
  simulation s;
  for (int i = 0; i < 16; ++i) s.add({"job"});
  s.limit("", 10 * kb);
  s.pass(1s);
  for (int round = 0; round < 4; ++round) {
    check_near(s.window(), 50.0 * kb, 5);
    for (const auto& l : s.lanes) {
      CHECK(s.now() - l->last_byte < 3s);
      CHECK(l->window >= 1024);
    }
  }
}

TEST_CASE("thousands of lanes of many jobs share evenly and hold the limit") {
  simulation s;
  std::vector<std::string> jobs;
  for (int j = 0; j < 40; ++j) {
    jobs.push_back("job-" + std::to_string(j));
    for (int i = 0; i < 1 + j * 2; ++i) s.add({jobs.back()});
  }
  s.limit("", 40 * mb);
  s.pass(2s);
  check_near(s.window(1s), 40.0 * mb, 5);
  for (const auto& job : jobs) check_near(s.of(job), 1.0 * mb, 10);
  REQUIRE(s.lanes.size() == 1600);
}

TEST_CASE("jobs share the node's limit evenly, not their lanes") {
  simulation s;
  s.add({"small"});
  for (int i = 0; i < 15; ++i) s.add({"large"});
  s.limit("", 10 * mb);
  s.pass(1s);
  check_near(s.window(), 50.0 * mb, 5);
  check_near(s.of("small"), 25.0 * mb, 5);
  check_near(s.of("large"), 25.0 * mb, 5);
}

TEST_CASE("what a job cannot use goes to the others") {
  simulation s;
  s.add({"slow"}, 1.0 * mb);
  s.add({"fast"});
  s.add({"other"});
  s.limit("", 10 * mb);
  s.pass(1s);
  check_near(s.window(), 50.0 * mb, 5);
  check_near(s.of("slow"), 5.0 * mb, 6);
  check_near(s.of("fast"), 22.5 * mb, 5);
  check_near(s.of("other"), 22.5 * mb, 5);
}

TEST_CASE("uneven lanes of one job: the sum holds, and the slow ones get what they bring") {
  simulation s;
  for (int i = 0; i < 12; ++i) s.add({"job"}, 50.0 * kb);
  for (int i = 0; i < 4; ++i) s.add({"job"});
  s.limit("", 4 * mb);
  s.pass(1s);
  check_near(s.window(), 20.0 * mb, 5);
  for (const auto& l : s.lanes)
    if (l->arrives > 0) check_near(l->window, 250.0 * kb, 10);
}

TEST_CASE("jobs' own limits hold under the node's") {
  simulation s;
  for (int i = 0; i < 4; ++i) s.add({"a"});
  for (int i = 0; i < 4; ++i) s.add({"b"});
  s.add({"free"});
  s.limit("a", 1 * mb);
  s.limit("b", 3 * mb);
  s.limit("", 20 * mb);
  s.pass(1s);
  check_near(s.window(), 100.0 * mb, 5);
  check_near(s.of("a"), 5.0 * mb, 5);
  check_near(s.of("b"), 15.0 * mb, 5);
  check_near(s.of("free"), 80.0 * mb, 5);
  s.limit("", 3 * mb);
  s.pass(1s);
  check_near(s.window(), 15.0 * mb, 5);
  for (const auto* job : {"a", "b", "free"}) check_near(s.of(job), 5.0 * mb, 5);
}

TEST_CASE("a job's own limit holds alone, and does not stand in the way of others") {
  simulation s;
  for (int i = 0; i < 3; ++i) s.add({"held"});
  auto& other = s.add({"also-held"});
  s.limit("held", 1 * mb);
  s.limit("also-held", 50 * mb);
  s.pass(1s);
  s.window();
  check_near(s.of("held"), 5.0 * mb, 5);
  check_near(other.window, 250.0 * mb, 5);
}

TEST_CASE("a shared transfer counts once, and the most generous of its jobs holds it") {
  simulation s;
  s.add({"a", "b"});
  s.add({"c"});
  s.limit("", 10 * mb);
  s.pass(1s);
  check_near(s.window(), 50.0 * mb, 5);
  check_near(s.of("a"), 25.0 * mb, 5);
  s.limit("", 0);
  s.limit("a", 1 * mb);
  s.limit("b", 4 * mb);
  s.limit("c", 1 * mb);
  s.pass(1s);
  s.window();
  check_near(s.of("a"), 20.0 * mb, 5);
  check_near(s.of("c"), 5.0 * mb, 5);
}

TEST_CASE("a job that comes back after a rest gets its share from then on, no more") {
  simulation s;
  s.add({"steady"});
  auto& resting = s.add({"resting"});
  s.limit("", 10 * mb);
  s.pass(2s);
  s.remove(resting);
  check_near(s.window(), 50.0 * mb, 5);
  check_near(s.of("steady"), 50.0 * mb, 5);
  s.add({"resting"});
  check_near(s.window(), 50.0 * mb, 5);
  check_near(s.of("steady"), 25.0 * mb, 6);
}

TEST_CASE("an old job that never had to wait is not made to wait for a newcomer") {
  simulation s;
  s.add({"old"}, 9.0 * mb);
  s.limit("", 10 * mb);
  s.pass(20s);
  s.add({"new"});
  s.pass(1s);
  check_near(s.window(), 50.0 * mb, 5);
  check_near(s.of("old"), 25.0 * mb, 6);
}

TEST_CASE("after a rest a tenth of a second's worth is there, no more") {
  bandwidth limits;
  auto now = time_point{} + 1h;
  limits.limit("", 8 * mb, now);
  now += 1h;
  int who = 0;
  CHECK(limits.ask(&who, {}, now) == 800 * kb);
  limits.limit("", 1000, now);
  CHECK(limits.ask(&who, {}, now + 1h) <= 1024);
}

TEST_CASE("without a limit nobody waits, and lifting it calls everybody out of the line") {
  bandwidth limits;
  const auto now = time_point{} + 1h;
  int who = 0, other = 0;
  CHECK(limits.ask(&who, {"job"}, now) == UINT64_MAX);
  limits.limit("job", 1, now);
  CHECK(limits.ask(&who, {"job"}, now) == 0);
  CHECK(limits.ask(&who, {"job"}, now) == 0);
  CHECK(limits.ask(&other, {"free"}, now) == UINT64_MAX);
  CHECK(limits.due(now).empty());
  CHECK(limits.limit("job", 0, now) == std::vector<spender>{&who});
  CHECK(limits.ask(&who, {"job"}, now) == UINT64_MAX);
  CHECK_FALSE(limits.wait(now));
}

TEST_CASE("one who is forgotten is never named again") {
  bandwidth limits;
  auto now = time_point{} + 1h;
  int gone = 0, stays = 0;
  limits.limit("", 1000, now);
  CHECK(limits.ask(&gone, {"a"}, now) == 0);
  CHECK(limits.ask(&stays, {"b"}, now) == 0);
  limits.forget(&gone);
  now += 10s;
  CHECK(limits.due(now) == std::vector<spender>{&stays});
}
