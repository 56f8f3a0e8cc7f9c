#include "core/discovery/networks.hpp"
#include "core/discovery/search.hpp"
#include "tests/core/discovery/nodes.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace hive;
using namespace hive::discovery;
using namespace hive::discovery::test;

TEST_CASE("a search says on which networks it listens, and why not on the others") {
  const auto around = search::begin(this_hive);
  REQUIRE(around);
  const auto got = (*around)->networks();
  for (const auto& one : local_networks()) {
    INFO(one.name);
    const bool fails = std::ranges::any_of(
        got.failed, [&](const auto& why) { return why.starts_with(one.name + ": "); });
    CHECK((std::ranges::count(got.open, one.name) == 1) != fails);
  }
  CHECK(got.open.size() + got.failed.size() == local_networks().size());
}
