// A content crosses the WAN once, whatever happens to those who carry it.
#include "tests/core/swarm/swarm_model.hpp"
#include "tests/support/catch.hpp"

#include <cstdio>

using namespace hive;
using namespace hive::testing;

TEST_CASE("eight nodes get 1 GiB for the bytes and little more than the time of one") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    swarm_model swarm{{.seed = seed}};
    const bool ok = swarm.run(60s);
    std::printf("seed %d ok %d t %.2f wan %.4f viol %d waste %.4f story %zu\n", (int)seed, ok,
                swarm.seconds() - 3600, swarm.wan_ratio(), swarm.violations(),
                (double)swarm.counts().wasted / (1 << 30), swarm.story().size());
    for (auto& s : swarm.story())
      if (seed == 1) std::printf("  %s\n", s.c_str());
    CHECK(ok);
  }
}
