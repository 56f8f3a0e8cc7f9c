#include "core/base/latency.hpp"
#include "tests/support/catch.hpp"

#include <chrono>

using namespace hive;
using namespace std::chrono_literals;

TEST_CASE("nothing counted is no latency") {
  CHECK(latency{}.summary() == latency_summary{});
}

TEST_CASE("quantiles are right within a factor of 1.5, the maximum and the sum exactly") {
  latency seen;
  for (int i = 1; i <= 1000; ++i) seen.add(std::chrono::microseconds{i});
  const auto now = seen.summary();
  CHECK(now.count == 1000);
  CHECK(now.total == 500500us);
  CHECK(now.max == 1ms);
  CHECK(now.p50 >= 500us);
  CHECK(now.p50 <= 750us);
  CHECK(now.p99 >= 990us);
  CHECK(now.p99 <= 1ms);
}

TEST_CASE("what lies beyond the buckets is counted in the last of them") {
  const auto took = GENERATE(std::chrono::nanoseconds{-5}, 0ns, 1ns, 255ns, 256ns, 384ns,
                             std::chrono::nanoseconds{1h}, std::chrono::nanoseconds{10000h});
  latency seen;
  seen.add(took);
  const auto now = seen.summary();
  CHECK(now.count == 1);
  CHECK(now.max == std::max(took, 0ns));
  CHECK(now.p50 <= now.max);
  if (took >= 1h) CHECK(now.p50 >= 5min);
}
