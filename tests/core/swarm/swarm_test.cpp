// A content crosses the WAN once, whatever happens to those who carry it.
#include "core/sim/swarm_model.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace hive;
using namespace hive::sim;

namespace {

constexpr double gib = 1024.0 * 1024 * 1024;
/// Of one node alone, with the default rates and size.
constexpr double alone = gib / 50e6;
constexpr std::uint64_t small = 128ull << 20; ///< 32 pieces

double since_start(const swarm_model& m) {
  return m.seconds() - 3600;
}

/// What holds in every run.
void check_promises(const swarm_model& m, std::uint64_t islands, std::uint64_t deaths) {
  CHECK(m.violations() == 0);
  CHECK(m.double_lease() <= 5s);
  const auto& grid = m.share_of(0).reading().words().grid();
  CHECK(m.wan() <= swarm::wan_bound(grid, islands, deaths));
  for (std::size_t i = 0; i < m.nodes(); ++i)
    if (m.alive(i)) {
      INFO("node " << i);
      CHECK(m.whole(i));
      CHECK(m.share_of(i).confirmed());
    }
}

void fetched_share(swarm_model& m, double part) {
  const auto count = m.share_of(0).reading().words().grid().count();
  REQUIRE(m.run(60s, [&] {
    const auto who = m.fetcher();
    return who && m.share_of(*who).reading().have().held() >= part * count;
  }));
}

/// A node that sees the fetcher, and is not it.
std::size_t other_than(const swarm_model& m, std::size_t node) {
  return (node + 1) % m.nodes();
}

} // namespace

TEST_CASE("eight nodes get 1 GiB for the bytes, and nearly the time, of one") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    swarm_model swarm{{.seed = seed}};
    INFO("seed " << seed);
    REQUIRE(swarm.run(60s));
    CAPTURE(since_start(swarm));
    CHECK(since_start(swarm) <= 1.2 * alone);
    CHECK(swarm.wan_ratio() <= 1.02);
    CHECK(swarm.bars().empty());
    check_promises(swarm, 1, 0);
  }
}

TEST_CASE("a fetcher that dies costs a window of pieces, not a restart") {
  const double part = GENERATE(0.1, 0.5, 0.9);
  const std::uint64_t seed = GENERATE(1u, 2u);
  swarm_model swarm{{.seed = seed}};
  fetched_share(swarm, part);
  swarm.kill(*swarm.fetcher());
  INFO("killed at " << part << ", seed " << seed);
  REQUIRE(swarm.run(90s));
  CAPTURE(since_start(swarm));
  CHECK(since_start(swarm) <= 1.2 * alone + 10);
  CHECK(swarm.wan_ratio() <= 1.05);
  check_promises(swarm, 1, 1);
}

TEST_CASE("a fetcher that comes back after a crash goes on with what it has") {
  swarm_model swarm{{.nodes = 5, .size = small, .seed = 3}};
  fetched_share(swarm, 0.5);
  const auto fetcher = *swarm.fetcher();
  swarm.kill(fetcher);
  swarm.pass(2s);
  swarm.restart(fetcher);
  REQUIRE(swarm.run(60s));
  CHECK(swarm.share_of(fetcher).counts().cache > 0);
  check_promises(swarm, 1, 1);
}

TEST_CASE("two fetchers in a row and half of the peers die") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    swarm_model swarm{{.nodes = 10, .size = small, .seed = seed}};
    INFO("seed " << seed);
    fetched_share(swarm, 0.3);
    const auto first = *swarm.fetcher();
    swarm.kill(first);
    const auto witness = other_than(swarm, first);
    REQUIRE(swarm.run(60s, [&] { return swarm.fetcher(witness) != first; }));
    const auto second = *swarm.fetcher(witness);
    swarm.pass(1s);
    swarm.kill(second);
    for (std::size_t i = 0, left = 3; i < swarm.nodes() && left > 0; ++i)
      if (swarm.alive(i)) swarm.kill(i), --left;
    REQUIRE(swarm.run(120s));
    check_promises(swarm, 1, 5); // the peers may have been the only ones that held a window
  }
}

TEST_CASE("a frozen seed costs three seconds") {
  swarm_model swarm{{.nodes = 6, .size = small, .seed = 5}};
  fetched_share(swarm, 0.9);
  const auto fetcher = *swarm.fetcher();
  auto frozen = other_than(swarm, fetcher);
  swarm.freeze(frozen);
  REQUIRE(swarm.run(60s, [&] {
    for (std::size_t i = 0; i < swarm.nodes(); ++i)
      if (i != frozen && !swarm.whole(i)) return false;
    return true;
  }));
  CAPTURE(since_start(swarm));
  CHECK(since_start(swarm) <= 1.2 * static_cast<double>(small) / 50e6 + 4);
  swarm.thaw(frozen);
  REQUIRE(swarm.run(60s));
  check_promises(swarm, 1, 0);
}

TEST_CASE("a fetcher that freezes loses its lease and is a peer when it wakes") {
  swarm_model swarm{{.nodes = 6, .size = small, .seed = 6}};
  fetched_share(swarm, 0.4);
  const auto frozen = *swarm.fetcher();
  const auto witness = other_than(swarm, frozen);
  swarm.freeze(frozen);
  REQUIRE(swarm.run(60s, [&] {
    const auto now = swarm.fetcher(witness);
    return now && *now != frozen;
  }));
  swarm.thaw(frozen);
  REQUIRE(swarm.run(60s));
  check_promises(swarm, 1, 1);
}

TEST_CASE("a peer that flips bits is named, barred and worked around") {
  for (const std::uint64_t seed : {1u, 2u}) {
    swarm_model swarm{{.seed = seed}};
    REQUIRE(swarm.run(1s, [&] { return swarm.fetcher().has_value(); }));
    const auto liar = other_than(swarm, *swarm.fetcher());
    swarm.lie(liar);
    REQUIRE(swarm.run(60s));
    CAPTURE(since_start(swarm));
    CHECK(since_start(swarm) <= 1.2 * alone);
    CHECK(swarm.wan_ratio() <= 1.02);
    REQUIRE_FALSE(swarm.bars().empty());
    for (const auto& [who, bar] : swarm.bars()) {
      CHECK(bar.peer == swarm.id(liar));
      CHECK(bar.why == errc::digest_mismatch);
    }
    check_promises(swarm, 1, 0);
  }
}

TEST_CASE("a fetcher that flips what it serves is left for another") {
  swarm_model swarm{{.nodes = 4, .size = small, .seed = 8}};
  REQUIRE(swarm.run(1s, [&] { return swarm.fetcher().has_value(); }));
  swarm.lie(*swarm.fetcher());
  REQUIRE(swarm.run(120s));
  check_promises(swarm, 2, 0); // as if it were an island of its own
}

TEST_CASE("islands fetch once each and share what they have when they meet") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    swarm_model swarm{{.size = small * 2, .seed = seed}};
    INFO("seed " << seed);
    fetched_share(swarm, 0.1);
    for (std::size_t i = 0; i < 4; ++i) swarm.cut(i, 1);
    swarm.pass(18s);
    swarm.heal();
    REQUIRE(swarm.run(90s));
    check_promises(swarm, 2, 1);
  }
}

TEST_CASE("slow disks of peers hold nobody else up") {
  swarm_model probe{{.size = small, .seed = 9}};
  REQUIRE(probe.run(1s, [&] { return probe.fetcher().has_value(); }));
  const auto fetcher = *probe.fetcher();
  std::map<std::size_t, node_rates> slow;
  for (std::size_t i = 1; i <= 3; ++i) slow[(fetcher + i) % probe.nodes()] = {.disk = 20e6};

  swarm_model swarm{{.size = small, .seed = 9, .others = slow}};
  REQUIRE(swarm.run(60s, [&] {
    for (std::size_t i = 0; i < swarm.nodes(); ++i)
      if (!slow.contains(i) && !swarm.whole(i)) return false;
    return true;
  }));
  CAPTURE(since_start(swarm));
  CHECK(since_start(swarm) <= 1.2 * static_cast<double>(small) / 50e6 + 1.5);
  REQUIRE(swarm.run(60s));
  CHECK(swarm.bars().empty());
  check_promises(swarm, 1, 0);
}

TEST_CASE("two hundred nodes need little longer than eight") {
  const node_rates rates{.wan = 20e6};
  swarm_model swarm{
      {.nodes = 200, .size = small, .seed = 11, .rates = rates, .step = 20ms, .tick = 200ms}};
  REQUIRE(swarm.run(60s));
  CAPTURE(since_start(swarm));
  CHECK(since_start(swarm) <= static_cast<double>(small) / 20e6 + 6);
  CHECK(swarm.wan_ratio() <= 1.02);
  check_promises(swarm, 1, 0);
}

TEST_CASE("the same seed gives the same run") {
  const auto run = [] {
    swarm_model swarm{{.nodes = 6, .size = small, .seed = 12}};
    swarm.pass(1s);
    swarm.kill(*swarm.fetcher());
    (void)swarm.run(60s);
    return std::pair{swarm.seconds(), swarm.counts()};
  };
  CHECK(run() == run());
}
