#include "core/job/progress.hpp"
#include "tests/support/catch.hpp"

#include <limits>

using namespace hive;
using namespace std::chrono_literals;

namespace {

const rate_meter::time_point start{1000s};

} // namespace

TEST_CASE("a meter that has seen nothing knows nothing") {
  rate_meter meter;
  CHECK(meter.rate() == 0);
  CHECK(meter.eta(5) == std::nullopt);
  CHECK(meter.still(start) == 0ms);
  meter.sample(start, 0);
  CHECK(meter.rate() == 0);
  CHECK(meter.eta(0) == 0s);
}

TEST_CASE("the rate is that of the last five seconds") {
  rate_meter meter;
  for (int i = 0; i <= 40; ++i)
    meter.sample(start + i * 250ms, static_cast<std::uint64_t>(i) * 250);
  CHECK(meter.rate() == 1000);
  // Twice as fast from here: after five seconds the old rate is forgotten.
  for (int i = 1; i <= 20; ++i)
    meter.sample(start + 10s + i * 250ms, 10'000 + static_cast<std::uint64_t>(i) * 500);
  CHECK(meter.rate() == 2000);
  CHECK(meter.eta(10'000) == 5s);
  CHECK(meter.eta(10'001) == 6s);
}

TEST_CASE("a stall brings the rate to nothing and the time left to unknown") {
  rate_meter meter;
  meter.sample(start, 0);
  meter.sample(start + 1s, 5000);
  CHECK(meter.rate() == 5000);
  for (int i = 1; i <= 30; ++i) meter.sample(start + 1s + i * 250ms, 5000);
  CHECK(meter.rate() == 0);
  CHECK(meter.eta(1) == std::nullopt);
  CHECK(meter.still(start + 9s) == 8s);
  meter.sample(start + 9s, 5001);
  CHECK(meter.still(start + 9s) == 0ms);
  CHECK(meter.still(start) == 0ms);
}

TEST_CASE("many samples in a short time neither pile up nor spoil the rate") {
  rate_meter meter;
  for (int i = 0; i <= 10'000; ++i)
    meter.sample(start + i * 1ms, static_cast<std::uint64_t>(i) * 10);
  CHECK(meter.rate() >= 9'800);
  CHECK(meter.rate() <= 10'200);
}

TEST_CASE("a count that went back starts a new run") {
  rate_meter meter;
  meter.sample(start, 1'000'000);
  meter.sample(start + 1s, 2'000'000);
  meter.sample(start + 2s, 0);
  CHECK(meter.rate() == 0);
  meter.sample(start + 3s, 500);
  CHECK(meter.rate() == 500);
}

TEST_CASE("a time left beyond a century is unknown") {
  rate_meter meter;
  meter.sample(start, 0);
  meter.sample(start + 1s, 1);
  CHECK(meter.eta(std::numeric_limits<std::uint64_t>::max()) == std::nullopt);
}
