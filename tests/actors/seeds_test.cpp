#include "actors/seeds.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace hive;
using namespace hive::actors;
using namespace std::chrono_literals;

namespace {

using cluster::cause;

discovery::sighting heard(int number, std::chrono::seconds lasts = 240s) {
  discovery::sighting out;
  out.who.hive = std::string(64, 'a');
  out.who.node.value = "node-" + std::to_string(number);
  out.addresses = {"10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250) +
                   ":7836"};
  out.lasts = lasts;
  return out;
}
const auto nobody = [](const node_id&) { return false; };

std::vector<std::string> addresses(const std::vector<link::dial_order>& orders) {
  std::vector<std::string> out;
  for (const auto& one : orders) out.push_back(one.address);
  return out;
}

} // namespace

TEST_CASE("seeds are dialled at once, again after failures with a growing pause, and while there "
          "is a link seldom") {
  seeds all{{"a:1", "b:1"}, 1};
  const auto first = all.due(0s, nobody);
  CHECK(addresses(first) == std::vector<std::string>{"a:1", "b:1"});
  CHECK(all.due(1h, nobody).empty());
  all.met(first[0].ticket, 0s);
  CHECK(all.due(29s, nobody).empty());
  CHECK(addresses(all.due(30s, nobody)) == std::vector<std::string>{"a:1"});
  // The ceiling: 0.25 s, then twice as much each time, to 30 s.
  auto now = 30'000ms;
  for (int i = 0; i < 12; ++i) {
    all.failed(first[1].ticket, cause::refused, now);
    CHECK(all.due(now + std::min(30'000ms, 250ms * (1 << i)), nobody).size() == 1);
  }
}

TEST_CASE("a failure is told when it is another one than before") {
  seeds all{{"a:1"}, 1};
  const auto ticket = all.due(0s, nobody).front().ticket;
  CHECK(all.failed(ticket, cause::refused, 0s));
  CHECK_FALSE(all.failed(ticket, cause::refused, 1s));
  CHECK(all.failed(ticket, cause::tls, 2s));
  CHECK_FALSE(all.failed(ticket + 1, cause::tls, 2s));
}

TEST_CASE("who is heard is told of once, dialled, and forgotten when it is not heard any more") {
  seeds all{{}, 1};
  CHECK(all.hear(heard(1), 0s));
  CHECK_FALSE(all.hear(heard(1), 10s));
  const auto orders = all.due(10s, nobody);
  REQUIRE(addresses(orders) == heard(1).addresses);
  CHECK(orders.front().who.empty());
  all.failed(orders.front().ticket, cause::refused, 10s);
  CHECK(all.due(40s, nobody).size() == 1);
  all.failed(orders.front().ticket, cause::refused, 40s);
  CHECK(all.heard() == 1);
  CHECK(all.due(10s + 240s, nobody).empty());
  CHECK(all.heard() == 0);
  CHECK_FALSE(all.hear(heard(1), 300s));
  CHECK(all.due(300s, nobody).size() == 1);
}

const auto first_is_linked = [](const node_id& who) { return who.value == "node-1"; };

TEST_CASE("who has a link is left in peace and takes no place, and so is who says farewell") {
  seeds all{{}, 1};
  all.hear(heard(1), 0s);
  all.hear(heard(2), 0s);
  CHECK(addresses(all.due(1s, first_is_linked)) == heard(2).addresses);
  CHECK(all.heard() == 1);
  all.hear(heard(2, 0s), 3s);
  all.met(2, 3s);
  CHECK(all.due(60s, nobody).empty());
  CHECK(all.heard() == 0);
}

TEST_CASE("what is heard of a node takes the place of what was heard of it before") {
  seeds all{{}, 1};
  for (int i = 0; i < 1000; ++i) {
    auto what = heard(1);
    what.addresses = heard(i).addresses;
    all.hear(what, 0s);
  }
  CHECK(all.heard() == 1);
  CHECK(addresses(all.due(0s, nobody)) == heard(999).addresses);
}

TEST_CASE("who says that another's address is its own does not keep it from being dialled") {
  const bool lies_first = GENERATE(true, false);
  seeds all{{}, 1};
  auto lie = heard(1);
  lie.addresses = heard(2).addresses;
  all.hear(lies_first ? lie : heard(2), 0s);
  all.hear(lies_first ? heard(2) : lie, 0s);
  CHECK(addresses(all.due(0s, first_is_linked)) == heard(2).addresses);
}

TEST_CASE("a seed that is heard stays a seed") {
  seeds all{heard(1).addresses, 1};
  CHECK(all.hear(heard(1), 0s));
  CHECK(all.heard() == 0);
  CHECK(all.due(1h, nobody).size() == 1);
}

TEST_CASE("a flood of what is heard is dialled a few at a time and remembered up to a bound") {
  seeds all{{"seed:1"}, 1};
  for (int i = 0; i < 1000; ++i) all.hear(heard(i), 0s);
  CHECK(all.heard() == seeds::most_heard);
  const auto first = all.due(0s, nobody);
  CHECK(first.size() == 1 + seeds::most_begun);
  CHECK(all.due(1s, nobody).size() == seeds::most_begun);
  CHECK(all.due(2s, nobody).empty()); // eight are under way
  std::size_t told = 0;
  for (std::size_t i = 1; i < first.size(); ++i)
    for (int n = 0; n < seeds::hopeless; ++n)
      told += all.failed(first[i].ticket, cause::refused, 3s) ? 1u : 0u;
  CHECK(told == 0); // introducing them was enough
  // What failed again and again makes room for others.
  CHECK_FALSE(all.hear(heard(2000), 3s));
  CHECK(all.heard() == seeds::most_heard);
  std::set<std::string> dialled;
  for (auto now = 4s; now < 200s; ++now)
    for (const auto& one : all.due(now, nobody)) {
      dialled.insert(one.address);
      all.failed(one.ticket, cause::refused, now);
    }
  CHECK(dialled.contains(heard(2000).addresses.front()));
}
