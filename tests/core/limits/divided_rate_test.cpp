// One rate for two doors over virtual time: each has a bucket that follows its part.
#include "core/limits/divided_rate.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <optional>

using namespace hive::limits;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t megabyte = 1'000'000;

struct two_doors {
  struct side {
    std::uint64_t wants{0}; ///< bytes per second, 0: nothing
    std::uint64_t passed{0};
    std::optional<token_bucket> bucket{};
  };

  std::uint64_t whole{10 * megabyte};
  divided_rate rate{[this] { return whole; }};
  time_point now{time_point{} + 1h};
  side replies, pieces;

  void step(door which, side& at) {
    const auto part = rate.part_of(which, now);
    if (!at.bucket)
      at.bucket.emplace(part, now);
    else if (at.bucket->rate() != part)
      at.bucket->set_rate(part, now);
    const auto bytes = std::min(at.bucket->level(now), at.wants / 100);
    at.bucket->spend(bytes, now);
    rate.passed(which, bytes, now);
    at.passed += bytes;
  }
  /// In steps of 10 ms; what passed before is forgotten.
  void pass(std::chrono::milliseconds span) {
    replies.passed = pieces.passed = 0;
    for (const auto end = now + span; now < end; now += 10ms) {
      step(door::replies, replies);
      step(door::pieces, pieces);
    }
  }
};

bool about(std::uint64_t value, std::uint64_t wanted) {
  return value >= wanted * 95 / 100 && value <= wanted * 105 / 100;
}

} // namespace

TEST_CASE("without a limit there is none for either door") {
  divided_rate rate{[] { return std::uint64_t{0}; }};
  rate.passed(door::pieces, megabyte, time_point{} + 1h);
  CHECK(rate.part_of(door::replies, time_point{} + 1h) == 0);
}

TEST_CASE("a door has the whole rate while the other is idle, and half while both want it") {
  two_doors at;
  at.replies.wants = 100 * megabyte;
  at.pass(5s);
  CHECK(about(at.replies.passed, 50 * megabyte));
  at.pieces.wants = 100 * megabyte;
  at.pass(1s); // half more than the rate at most
  CHECK(at.replies.passed + at.pieces.passed <= 15 * megabyte);
  at.pass(5s);
  CHECK(about(at.replies.passed, 25 * megabyte));
  CHECK(about(at.pieces.passed, 25 * megabyte));
  at.replies.wants = 0;
  at.pass(1500ms);
  at.pass(5s);
  CHECK(about(at.pieces.passed, 50 * megabyte));
}

TEST_CASE("what a door does not take goes to the other") {
  two_doors at;
  at.replies.wants = 2 * megabyte;
  at.pieces.wants = 100 * megabyte;
  at.pass(1s);
  at.pass(5s);
  CHECK(about(at.replies.passed, 10 * megabyte));
  CHECK(about(at.pieces.passed, 40 * megabyte));
}

TEST_CASE("a changed rate holds for both doors at once") {
  two_doors at;
  at.replies.wants = at.pieces.wants = 100 * megabyte;
  at.pass(3s);
  at.whole = megabyte;
  at.pass(100ms); // what the buckets held
  at.pass(5s);
  CHECK(about(at.replies.passed + at.pieces.passed, 5 * megabyte));
}

TEST_CASE("the smallest rate leaves each door something") {
  two_doors at;
  at.whole = 1;
  at.rate.passed(door::pieces, megabyte, at.now - 1s);
  CHECK(at.rate.part_of(door::replies, at.now) == 1);
}
