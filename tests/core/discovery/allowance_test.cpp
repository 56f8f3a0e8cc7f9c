#include "core/discovery/allowance.hpp"
#include "tests/support/catch.hpp"

using namespace hive::discovery;
using namespace std::chrono_literals;

TEST_CASE("so many are allowed in a second, and then the next one is waited for") {
  allowance some{2};
  const allowance::time begin = 1h;
  CHECK(some.left(begin));
  CHECK(some.take(begin));
  CHECK(some.take(begin + 999ms));
  CHECK_FALSE(some.left(begin + 999ms));
  CHECK_FALSE(some.take(begin + 999ms));
  CHECK(some.renewed_at() == begin + 1s);
  CHECK(some.left(some.renewed_at()));
  CHECK(some.take(some.renewed_at()));
  CHECK(some.take(begin + 1s));
  CHECK_FALSE(some.take(begin + 1s));
}
