#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include "core/store/blob_store.hpp"
#include "core/store/piece_table.hpp"

#include <fstream>

using namespace hive;
using namespace hive::testing;

namespace {

/// Fetches and checks everything a success promises.
void check_arrival(rig& r, const plan_file& what, ears& who) {
  const auto got = r.fetch(what, who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(r.blob_digest(got->sha256) == got->sha256);
  if (what.expected && what.expected->kind == digest_kind::sha256)
    CHECK(got->sha256 == what.expected->hex);
  CHECK(who.broken() == std::vector<std::string>{});
  const auto last = who.last();
  CHECK(last.counts.received == got->size);
  CHECK(last.counts.durable == got->size);
  CHECK(last.counts.verified == got->size);
  CHECK(last.total == got->size);
}

} // namespace

TEST_CASE("a file of any size arrives whole, with one lane or eight") {
  const auto size =
      GENERATE(as<std::uint64_t>{}, 0, 1, 4095, 4096, mib - 1, mib, mib + 1, 37 * mib);
  const auto lanes = GENERATE(as<std::size_t>{}, 1, 8);
  CAPTURE(size, lanes);
  auto options = quick();
  options.lanes_per_file = lanes;
  origin server;
  server.serve("/f", generated(3, size));
  rig r{options};
  ears who;
  check_arrival(r, rig::file(3, size, {server.url("/f")}), who);
  CHECK(r.service->counts().bytes_received == size);
  CHECK(who.last().counts.discarded <= split_waste);
}

TEST_CASE("eight lanes share two to four blocks of memory without hanging") {
  const auto blocks = GENERATE(as<std::size_t>{}, 1, 2, 3, 4);
  CAPTURE(blocks);
  auto options = quick();
  options.pool_blocks = blocks;
  origin server;
  // Slow first requests: lanes ahead of the prefix fill every block they can get.
  server.serve("/f", generated(4, 40 * mib), {.slow = 16 * mib, .slow_requests = 1});
  rig r{options};
  ears who;
  check_arrival(r, rig::file(4, 40 * mib, {server.url("/f")}), who);
  CHECK(r.wait_until([&] { return r.service->counts().pool_free == blocks; }));
}

TEST_CASE("a fetched file of several pieces leaves their states beside its blob") {
  origin server;
  const std::uint64_t size = 20 * mib + 77;
  server.serve("/f", generated(5, size));
  rig r;
  const auto got = r.fetch(rig::file(5, size, {server.url("/f")}));
  REQUIRE(got);
  const auto table = store::load_pieces(r.home, got->sha256, size);
  REQUIRE(table);
  CHECK(table->count() == 3);
  sha256_chain last{table->before(2), table->range(2).begin};
  std::vector<std::byte> tail(table->range(2).size());
  std::ifstream blob{r.home.blob(got->sha256), std::ios::binary};
  blob.seekg(static_cast<std::streamoff>(table->range(2).begin));
  blob.read(reinterpret_cast<char*>(tail.data()), static_cast<std::streamsize>(tail.size()));
  last.update(tail);
  CHECK(table->ends_right(2, last));
}

TEST_CASE("another lane gets the rest of a piece when its own is known to be slow, not before") {
  origin server;
  server.serve("/f", generated(64, 32 * mib), {.slow = 20, .slow_requests = 1});
  rig r;
  ears who;
  const auto begun = std::chrono::steady_clock::now();
  const auto running = r.start(rig::file(64, 32 * mib, {server.url("/f")}), who);
  REQUIRE(server.wait_for_requests("/f", 5)); // four pieces, and the rest of the slow one
  CHECK(std::chrono::steady_clock::now() - begun >= 500ms);
}
