#include "core/base/range_set.hpp"
#include "tests/support/catch.hpp"

#include <limits>
#include <random>

using namespace hive;

namespace {

range_set of(std::vector<byte_range> ranges) {
  range_set set;
  for (const auto& r : ranges) set.add(r);
  return set;
}
using ranges = std::vector<byte_range>;

} // namespace

TEST_CASE("ranges that overlap or touch become one") {
  struct row {
    ranges have;
    byte_range added;
    ranges then;
  };
  const row table[] = {
      {{}, {5, 10}, {{5, 10}}},
      {{{5, 10}}, {5, 5}, {{5, 10}}},
      {{{5, 10}}, {10, 12}, {{5, 12}}},
      {{{5, 10}}, {0, 5}, {{0, 10}}},
      {{{5, 10}}, {6, 7}, {{5, 10}}},
      {{{5, 10}}, {0, 20}, {{0, 20}}},
      {{{5, 10}}, {11, 12}, {{5, 10}, {11, 12}}},
      {{{5, 10}, {20, 30}, {40, 50}}, {10, 40}, {{5, 50}}},
      {{{5, 10}, {20, 30}}, {0, 2}, {{0, 2}, {5, 10}, {20, 30}}},
      {{{5, 10}, {20, 30}}, {12, 15}, {{5, 10}, {12, 15}, {20, 30}}},
  };
  for (const auto& row : table) {
    auto set = of(row.have);
    set.add(row.added);
    CHECK(set.ranges() == row.then);
  }
}

TEST_CASE("removing cuts ranges") {
  struct row {
    ranges have;
    byte_range gone;
    ranges then;
  };
  const row table[] = {
      {{}, {0, 5}, {}},
      {{{5, 10}}, {7, 7}, {{5, 10}}},
      {{{5, 10}}, {0, 5}, {{5, 10}}},
      {{{5, 10}}, {5, 10}, {}},
      {{{5, 10}}, {6, 8}, {{5, 6}, {8, 10}}},
      {{{5, 10}}, {0, 7}, {{7, 10}}},
      {{{5, 10}}, {7, 99}, {{5, 7}}},
      {{{5, 10}, {20, 30}, {40, 50}}, {8, 45}, {{5, 8}, {45, 50}}},
  };
  for (const auto& row : table) {
    auto set = of(row.have);
    set.remove(row.gone);
    CHECK(set.ranges() == row.then);
  }
}

TEST_CASE("sets answer what they cover, where a run ends and what is missing") {
  const auto set = of({{0, 10}, {20, 30}});
  CHECK(set.size() == 20);
  CHECK(set.contains({0, 10}));
  CHECK(set.contains({22, 22}));
  CHECK_FALSE(set.contains({5, 21}));
  CHECK_FALSE(set.contains({10, 11}));
  CHECK(set.run_end(0) == 10);
  CHECK(set.run_end(9) == 10);
  CHECK(set.run_end(10) == 10);
  CHECK(set.run_end(25) == 30);
  CHECK(set.missing({0, 40}) == ranges{{10, 20}, {30, 40}});
  CHECK(set.missing({5, 15}) == ranges{{10, 15}});
  CHECK(set.missing({12, 18}) == ranges{{12, 18}});
  CHECK(set.missing({2, 8}).empty());
  CHECK(set.missing({8, 8}).empty());
  auto whole = set;
  whole.add(of({{5, 25}}));
  whole.add(whole);
  CHECK(whole == of({{0, 30}}));
}

TEST_CASE("random additions and removals agree with a plain bitmap") {
  std::mt19937 random{7};
  constexpr std::size_t length = 200;
  std::vector<bool> bits(length);
  range_set set;
  for (int step = 0; step < 3000; ++step) {
    const std::uint64_t a = random() % length, b = random() % (length + 1);
    const byte_range r{std::min(a, b), std::max(a, b)};
    const bool adding = random() % 2 == 0;
    adding ? set.add(r) : set.remove(r);
    for (auto i = r.begin; i < r.end; ++i) bits[i] = adding;
    std::uint64_t covered = 0;
    for (std::size_t i = 0; i < length; ++i) {
      REQUIRE(set.contains({i, i + 1}) == bits[i]);
      covered += bits[i] ? 1 : 0;
    }
    REQUIRE(set.size() == covered);
    std::uint64_t absent = 0;
    for (const auto& gap : set.missing({0, length})) absent += gap.size();
    REQUIRE(absent == length - covered);
  }
}

TEST_CASE("pieces grow from 8 to 32 MiB with the file") {
  constexpr std::uint64_t mib = 1ull << 20;
  CHECK(piece_size(0) == 8 * mib);
  CHECK(piece_size(2048 * mib) == 8 * mib);
  CHECK(piece_size(2048 * mib + 1) % mib == 0);
  CHECK(piece_size(4096 * mib) == 16 * mib);
  CHECK(piece_size(8192 * mib) == 32 * mib);
  CHECK(piece_size(400'000 * mib) == 32 * mib);
  CHECK(piece_size(std::numeric_limits<std::uint64_t>::max()) == 32 * mib);
}

TEST_CASE("pieces cover exactly what is missing, cut at multiples of their size") {
  CHECK(plan_pieces({}, 25, 10) == ranges{{0, 10}, {10, 20}, {20, 25}});
  CHECK(plan_pieces(of({{5, 12}}), 25, 10) == ranges{{0, 5}, {12, 20}, {20, 25}});
  CHECK(plan_pieces(of({{0, 25}}), 25, 10).empty());
  CHECK(plan_pieces({}, 0, 10).empty());
  constexpr auto top = std::numeric_limits<std::uint64_t>::max();
  const auto last = plan_pieces(of({{0, top - 3}}), top, 10);
  REQUIRE_FALSE(last.empty());
  CHECK(last.back().end == top);
}
