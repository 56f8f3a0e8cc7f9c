#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include "core/store/partial.hpp"

#include <future>

using namespace hive;
using namespace hive::testing;
using transfer::leftover;

namespace {

constexpr std::uint64_t big_stop = 60 * mib;

void check_quiet(rig& r, ears& who) {
  CHECK(r.engine->counts().exchanges_open == 0);
  CHECK(r.open_files() == 0);
  CHECK(r.service->counts().transfers_open == 0);
  CHECK(r.service->counts().lanes_open == 0);
  CHECK(r.wait_until([&] { return r.service->counts().pool_free == quick().pool_blocks; }));
  CHECK_FALSE(who.ended());
  CHECK(who.broken() == std::vector<std::string>{});
}

} // namespace

TEST_CASE("stopped in mid-file, what is written is kept and only the rest is fetched later") {
  origin server;
  server.serve("/f", generated(41, big_stop));
  const auto what = rig::file(41, big_stop, {server.url("/f")});
  rig r;
  r.service->limit("", 30 * mib);
  std::uint64_t kept = 0;
  {
    ears who;
    auto running = r.start(what, who);
    REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.received > 20 * mib; }));
    REQUIRE(stop_and_wait(running, leftover::keep));
    check_quiet(r, who);
    kept = r.resumable(what);
    // But for the ends of pieces no journal can claim.
    CHECK(kept + 8 * store::partial::block >= r.service->counts().bytes_received);
    CHECK(kept >= who.last().counts.durable);
  }
  r.restart(quick());
  const auto before = server.counts().bytes_sent;
  ears who;
  const auto got = r.fetch(what, who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(got->resumed == kept);
  CHECK(r.service->counts().bytes_received == big_stop - kept);
  // A split piece leaves some bytes on the way that nobody reads any more.
  CHECK(server.counts().bytes_sent - before < big_stop - kept + 8 * mib);
  CHECK(who.notes_of("resumed") == 1);
  CHECK(r.blob_digest(got->sha256) == what.expected->hex);
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE("a stop closes the sockets of lanes in mid-piece at once") {
  origin server;
  server.serve("/f", generated(40, big_stop), {.stall_after = mib});
  auto options = quick();
  options.stall = 60s;
  rig r{options};
  ears who;
  auto running = r.start(rig::file(40, big_stop, {server.url("/f")}), who);
  REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.received >= 4 * mib; }));
  running.stop(leftover::keep, nullptr);
  CHECK(server.wait_until_idle());
  CHECK(r.wait_until([&] { return r.open_files() == 0; }));
}

TEST_CASE("stopped with purge, nothing is left") {
  origin server;
  server.serve("/f", generated(42, big_stop));
  const auto what = rig::file(42, big_stop, {server.url("/f")});
  rig r;
  r.service->limit("", 30 * mib);
  ears who;
  auto running = r.start(what, who);
  REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.durable > 0; }));
  REQUIRE(stop_and_wait(running, leftover::purge));
  check_quiet(r, who);
  CHECK(std::filesystem::is_empty(r.home.partials()));
}

TEST_CASE("a stop at any moment ends every exchange and closes every file") {
  origin server;
  server.serve("/f", generated(43, 9 * mib));
  server.serve("/cut", generated(43, 9 * mib), {.cut_after = 0});
  server.serve("/silent", generated(43, 9 * mib), {.hold = std::make_shared<testing::gate>()});
  const auto path = GENERATE("/f", "/cut", "/silent");
  const auto how = GENERATE(leftover::keep, leftover::purge);
  const auto turns = GENERATE(0, 1, 3, 10, 40, 150);
  CAPTURE(path, turns);
  rig r;
  ears who;
  auto running = r.start(rig::file(43, 9 * mib, {server.url(path)}), who);
  for (int i = 0; i < turns; ++i) {
    std::promise<void> turned;
    r.engine->post([&] { turned.set_value(); });
    turned.get_future().wait();
  }
  REQUIRE(stop_and_wait(running, how));
  // A connection between two requests is the engine's to keep, not the transfer's.
  CHECK(r.engine->counts().exchanges_open == 0);
  CHECK(r.open_files() == 0);
  CHECK(r.service->counts().transfers_open == 0);
  CHECK(r.service->counts().lanes_open == 0);
  CHECK(who.broken() == std::vector<std::string>{});
  if (how == leftover::purge) CHECK(std::filesystem::is_empty(r.home.partials()));
}

TEST_CASE("a dropped ticket stops its transfer and keeps the partial") {
  origin server;
  server.serve("/f", generated(44, big_stop));
  const auto what = rig::file(44, big_stop, {server.url("/f")});
  rig r;
  r.service->limit("", 30 * mib);
  ears who;
  {
    const auto running = r.start(what, who);
    REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.durable > 0; }));
  }
  CHECK(r.wait_until([&] { return r.service->counts().transfers_open == 0; }));
  check_quiet(r, who);
  CHECK(r.resumable(what) > 0);
}

TEST_CASE("the end of the service stops everything and keeps what is written") {
  origin server;
  server.serve("/*", generated(45, big_stop));
  rig r;
  r.service->limit("", 60 * mib);
  ears one;
  ears two;
  const auto what = rig::file(45, big_stop, {server.url("/a")});
  auto other = what;
  other.expected->hex = std::string(64, 'e');
  auto first = r.start(what, one);
  auto second = r.start(other, two);
  REQUIRE(one.wait_for([](const ears& e) { return e.last().counts.durable > 0; }));
  SECTION("from another thread") {
    r.service.reset();
  }
  SECTION("on the loop thread") {
    std::promise<void> gone;
    r.engine->post([&] {
      r.service.reset();
      gone.set_value();
    });
    gone.get_future().wait();
  }
  CHECK(r.open_files() == 0);
  CHECK(r.engine->counts().exchanges_open == 0);
  CHECK(r.resumable(what) > 0);
  CHECK_FALSE(one.ended());
  r.engine.reset();
  CHECK(server.wait_until_idle());
  // Tickets outlive both without harm.
  first = {};
}

TEST_CASE("a listener may end the service it listens to") {
  origin server;
  server.serve("/f", generated(46, mib));
  rig r;
  std::promise<bool> ended;
  transfer::listener last_words;
  last_words.on_end = [&](result<transfer::arrival> how) {
    r.service.reset();
    ended.set_value(how.has_value());
  };
  const auto running =
      r.service->start({rig::file(46, mib, {server.url("/f")}), nullptr, {}}, last_words);
  auto heard = ended.get_future();
  REQUIRE(heard.wait_for(10s) == std::future_status::ready);
  CHECK(heard.get());
}

TEST_CASE("a stop after the end is answered too") {
  origin server;
  server.serve("/f", generated(47, mib), {.flip_at = 9});
  rig r;
  ears who;
  const auto what = rig::file(47, mib, {server.url("/f")});
  auto running = r.start(what, who);
  REQUIRE(who.wait_for_end());
  CHECK(stop_and_wait(running, leftover::purge));
  CHECK(std::filesystem::is_empty(r.home.partials()));
}

TEST_CASE("many files share the lanes, each in its turn") {
  origin server;
  auto options = quick();
  options.lanes_total = 3;
  options.pool_blocks = 4;
  server.serve("/big", generated(50, 40 * mib));
  server.serve("/small*", generated(51, 200 * kib));
  rig r{options};
  r.service->limit("", 15 * mib);
  ears slow;
  const auto large = r.start(rig::file(50, 40 * mib, {server.url("/big")}), slow);
  REQUIRE(slow.wait_for([](const ears& e) { return e.last().lanes == 3; }));
  std::vector<std::unique_ptr<ears>> ends;
  std::vector<transfer::ticket> tickets;
  for (int i = 0; i < 20; ++i) {
    auto what = rig::file(51, 200 * kib, {server.url("/small" + std::to_string(i))});
    // Another content each, or they would share one partial.
    if (i > 0) what.expected.reset();
    ends.push_back(std::make_unique<ears>());
    tickets.push_back(r.start(what, *ends.back()));
  }
  for (auto& e : ends) {
    const auto end = e->wait_for_end();
    REQUIRE(end);
    CHECK(*end);
  }
  CHECK_FALSE(slow.ended());
  r.service->limit("", 0);
  const auto end = slow.wait_for_end();
  REQUIRE(end);
  CHECK(*end);
  CHECK(r.service->counts().lanes_open == 0);
}
