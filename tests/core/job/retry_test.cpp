#include "core/job/retry.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace hive;
using namespace std::chrono_literals;

namespace {

const auto cut = fail(errc::connection_cut, "cut");

failure told(std::chrono::seconds when) {
  auto why = fail(errc::rate_limited, "slow down");
  why.retry_after = when;
  return why;
}

} // namespace

TEST_CASE("waits are drawn from a range that doubles up to the ceiling") {
  const retry_policy policy{100ms, 1s, 8};
  const std::chrono::milliseconds reach[] = {100ms, 200ms, 400ms, 800ms, 1s, 1s, 1s};
  for (std::size_t i = 0; i < std::size(reach); ++i) {
    std::chrono::milliseconds least{10s}, most{0};
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      retry_budget budget{policy, seed};
      for (std::size_t n = 0; n < i; ++n) budget.wait_after(cut);
      const auto wait = budget.wait_after(cut);
      REQUIRE(wait);
      least = std::min(least, *wait);
      most = std::max(most, *wait);
    }
    CHECK(most <= reach[i]);
    CHECK(most >= reach[i] * 9 / 10);
    CHECK(least <= reach[i] / 10);
  }
}

TEST_CASE("after as many failures in a row as allowed it is over") {
  retry_budget budget{{1ms, 1ms, 3}, 1};
  CHECK(budget.wait_after(cut));
  CHECK(budget.wait_after(cut));
  CHECK_FALSE(budget.wait_after(cut));
  CHECK(budget.failures() == 3);
  CHECK_FALSE(budget.wait_after(cut));
}

TEST_CASE("progress forgives all failures") {
  retry_budget budget{{1ms, 1ms, 2}, 1};
  for (int i = 0; i < 10; ++i) {
    CHECK(budget.wait_after(cut));
    budget.progress();
    CHECK(budget.failures() == 0);
  }
}

TEST_CASE("what is not worth retrying is not retried") {
  retry_budget budget{{}, 1};
  CHECK_FALSE(budget.wait_after(fail(errc::gated, "terms")));
  auto gated = told(5s);
  gated.code = errc::gated;
  CHECK_FALSE(budget.wait_after(gated));
  CHECK(budget.failures() == 0);
}

TEST_CASE("a server's word is obeyed, with up to a second more, and is no failure") {
  std::set<std::chrono::milliseconds> seen;
  retry_budget budget{{1ms, 1ms, 2}, 7};
  for (int i = 0; i < 100; ++i) {
    const auto wait = budget.wait_after(told(37s));
    REQUIRE(wait);
    CHECK(*wait >= 37s);
    CHECK(*wait <= 38s);
    seen.insert(*wait);
  }
  CHECK(seen.size() > 50);
  CHECK(budget.failures() == 0);
}

TEST_CASE("a word beyond reason is cut to an hour, one from the past is none") {
  retry_budget budget{{}, 7};
  CHECK(*budget.wait_after(told(std::chrono::seconds::max())) <= 1h + 1s);
  CHECK(*budget.wait_after(told(std::chrono::seconds::min())) <= 1s);
}

TEST_CASE("the same seed gives the same waits") {
  retry_budget one{{}, 42}, two{{}, 42}, other{{}, 43};
  bool differs = false;
  for (int i = 0; i < 5; ++i) {
    const auto wait = one.wait_after(cut);
    CHECK(wait == two.wait_after(cut));
    differs = differs || wait != other.wait_after(cut);
  }
  CHECK(differs);
}

TEST_CASE("extreme policies do not overflow") {
  retry_budget huge{
      {std::chrono::milliseconds::max() / 4, std::chrono::milliseconds::max() / 2, 1000}, 1};
  for (int i = 0; i < 200; ++i) CHECK(huge.wait_after(cut)->count() >= 0);
  retry_budget none{{0ms, 0ms, 5}, 1};
  CHECK(none.wait_after(cut) == 0ms);
}
