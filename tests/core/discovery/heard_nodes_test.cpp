#include "core/discovery/heard_nodes.hpp"
#include "tests/core/discovery/nodes.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::discovery;
using namespace hive::discovery::test;
using namespace std::chrono_literals;

namespace {

constexpr heard_nodes::time first_heard = 1h;
constexpr unsigned eth0 = 2;
constexpr unsigned wlan0 = 3;

sighting seen(int number, std::vector<std::string> addresses = {"10.0.0.1:7836"},
              std::chrono::seconds lasts = usual_life) {
  return {node(number), std::move(addresses), lasts};
}

} // namespace

TEST_CASE("nodes are heard of one hive, the own one left out") {
  heard_nodes all{{}, {}};
  heard_nodes own{this_hive, node(1).node};
  auto other = seen(3);
  other.who.hive = other_hive;
  CHECK_FALSE(own.note(eth0, seen(1), first_heard));
  CHECK(own.note(eth0, seen(2), first_heard) == seen(2));
  CHECK_FALSE(own.note(eth0, other, first_heard));
  CHECK(all.note(eth0, seen(3), first_heard));
  CHECK(all.note(eth0, other, first_heard));
}

TEST_CASE("what is heard again is passed on when it says something, or after a while") {
  heard_nodes some{this_hive, {}};
  const auto farewell = seen(1, {"10.0.0.1:7836"}, 0s);
  const auto moved = seen(1, {"10.0.0.2:7836"});
  CHECK_FALSE(some.note(eth0, farewell, first_heard));
  CHECK(some.note(eth0, seen(1), first_heard) == seen(1));
  CHECK_FALSE(some.note(eth0, seen(1), first_heard + 29s));
  CHECK(some.note(eth0, seen(1), first_heard + 30s) == seen(1));
  CHECK(some.note(eth0, moved, first_heard + 31s) == moved);
  CHECK(some.note(eth0, farewell, first_heard + 32s) == farewell);
  CHECK_FALSE(some.note(eth0, farewell, first_heard + 33s));
  CHECK(some.note(eth0, moved, first_heard + 34s) == moved);
}

TEST_CASE("a node that is heard on two networks is one, with the addresses of both") {
  heard_nodes some{this_hive, {}};
  const auto on_eth0 = seen(1, {"10.0.0.1:7836", "[2001:db8::1]:7836"});
  const auto on_wlan0 = seen(1, {"10.9.0.1:7836"});
  const auto on_both = seen(1, {"10.0.0.1:7836", "10.9.0.1:7836", "[2001:db8::1]:7836"});
  CHECK(some.note(eth0, on_eth0, first_heard) == on_eth0);
  CHECK(some.note(wlan0, on_wlan0, first_heard) == on_both);
  // It does not change: it is passed on once in a while, whichever network it is heard on.
  for (auto now = first_heard + 1s; now < first_heard + 30s; now += 1s) {
    CHECK_FALSE(some.note(eth0, on_eth0, now));
    CHECK_FALSE(some.note(wlan0, on_wlan0, now));
  }
  CHECK(some.note(wlan0, on_wlan0, first_heard + 30s) == on_both);
  CHECK_FALSE(some.note(eth0, on_eth0, first_heard + 30s));
  // It leaves one network, and then the other.
  const auto leaves_eth0 = seen(1, on_eth0.addresses, 0s);
  const auto leaves_wlan0 = seen(1, on_wlan0.addresses, 0s);
  CHECK(some.note(eth0, leaves_eth0, first_heard + 31s) ==
        seen(1, on_wlan0.addresses, usual_life - 1s));
  CHECK_FALSE(some.note(eth0, leaves_eth0, first_heard + 31s));
  CHECK(some.note(wlan0, leaves_wlan0, first_heard + 32s) == leaves_wlan0);
  CHECK(some.size() == 0);
}

TEST_CASE(
    "on a network where a node is heard no more, its addresses last as long as they were said to") {
  heard_nodes some{this_hive, {}};
  some.note(eth0, seen(1), first_heard);
  some.note(wlan0, seen(1, {"10.9.0.1:7836"}, 1000s), first_heard);
  const auto got = some.note(wlan0, seen(1, {"10.9.0.1:7836"}), first_heard + usual_life);
  REQUIRE(got);
  CHECK(got->addresses == std::vector<std::string>{"10.9.0.1:7836"});
}

TEST_CASE("no network's addresses keep those of another from being passed on") {
  heard_nodes some{this_hive, {}};
  some.note(eth0, seen(1, {"10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1"}), first_heard);
  const auto got = some.note(wlan0, seen(1, {"10.9.0.1:1"}), first_heard);
  REQUIRE(got);
  REQUIRE(got->addresses.size() == most_addresses);
  CHECK(got->addresses[1] == "10.9.0.1:1");
}

TEST_CASE("a flood is passed on drop by drop, and fills no memory") {
  heard_nodes some{this_hive, {}};
  std::size_t passed = 0;
  for (int i = 0; i < 5000; ++i)
    if (some.note(eth0, seen(i), first_heard + std::chrono::milliseconds{i})) ++passed;
  CHECK(passed == 5 * heard_nodes::most_news);
  for (int i = 0; i < 50'000; ++i)
    some.note(eth0, seen(i), first_heard + std::chrono::milliseconds{i});
  CHECK(some.size() == heard_nodes::most);
}
