#include "tests/actors/living_node.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

constexpr std::uint64_t big = 24 << 20;

/// The first megabytes come, then silence until the client leaves.
testing::manners stalling() {
  return {.stall_after = 2 << 20};
}

bool has_data(const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [](const auto& n) { return n.ends_with(".data"); });
}

TEST_CASE("cancelling a running job closes its sockets and keeps or purges the partial") {
  const bool purge = GENERATE(false, true);
  CAPTURE(purge);
  tiny_hub hub;
  hub.add("org/big", {{"weights.bin", 5, big}});
  hub.add("org/small", {{"config.json", 6, 100}});
  hub.at.behave(tiny_hub::path_of("org/big", "weights.bin"), stalling());
  living_node here{hub};
  // Whoever lives as long as the node has been spawned when a first job is over.
  const auto first = here.submit("hf:org/small");
  REQUIRE(first);
  REQUIRE(here.ended(first->id));
  const auto before = here.status()->actors;
  const auto job = here.submit("hf:org/big");
  REQUIRE(job);
  REQUIRE(here.heard().wait_for([&](const event& e) {
    return e.what.job == job->id && e.progress && e.progress->counts.received > 0;
  }));

  const auto reply = here.cancel(job->id, purge);
  REQUIRE(reply);
  const auto done = here.ended(job->id);
  REQUIRE(done);
  CHECK(done->state == job_state::cancelled);
  // The end is told after the sockets are closed, so nothing needs waiting for here but the
  // origin's own notice of it.
  CHECK(here.status()->transfer.transfers_open == 0);
  CHECK(here.status()->engine.exchanges_open == 0);
  CHECK(here.status()->actors == before);
  CHECK(has_data(here.partials()) == !purge);
  CHECK(here.cancel(job->id, purge)); // repeating it is fine

  if (!purge) {
    CHECK(done->progress.counts.durable > 0); // the record says what is kept
    hub.at.behave(tiny_hub::path_of("org/big", "weights.bin"), {});
    const auto again = here.submit("hf:org/big");
    REQUIRE(again);
    CHECK(here.ended(again->id)->state == job_state::succeeded);
  }
}

TEST_CASE("a cancel while the vendor is asked hangs up") {
  tiny_hub hub;
  auto door = std::make_shared<testing::gate>();
  hub.json("/api/models/org/slow/revision/main", "{}", {.hold = door});
  living_node here{hub};
  const auto job = here.submit("hf:org/slow");
  REQUIRE(job);
  REQUIRE(hub.at.wait_for_requests("/api/models/org/slow/revision/main", 1));
  REQUIRE(here.cancel(job->id));
  CHECK(here.ended(job->id)->state == job_state::cancelled);
  CHECK(hub.at.wait_until_idle());
  CHECK(here.status()->engine.exchanges_open == 0);
}

TEST_CASE("two jobs share one transfer, and cancelling one leaves the other its bytes") {
  tiny_hub hub;
  hub.add("org/one", {{"weights.bin", 5, big}});
  hub.add("org/two", {{"same.bin", 5, big}});
  hub.at.behave(tiny_hub::path_of("org/one", "weights.bin"), stalling());
  hub.at.behave(tiny_hub::path_of("org/two", "same.bin"), stalling());
  living_node here{hub};
  const auto first = here.submit("hf:org/one");
  REQUIRE(first);
  const auto moving = [&](const job_id& id) {
    return here.heard().wait_for([&](const event& e) {
      return e.what.job == id && e.progress && e.progress->counts.received >= (2 << 20);
    });
  };
  REQUIRE(moving(first->id));
  const auto second = here.submit("hf:org/two");
  REQUIRE(second);
  REQUIRE(moving(second->id)); // it hears the transfer that is under way
  CHECK(here.status()->transfer.transfers_open == 1);
  CHECK(hub.at.log(tiny_hub::path_of("org/two", "same.bin")).empty());

  const auto shared = here.status()->transfer.bytes_received;
  REQUIRE(here.cancel(first->id, true));
  CHECK(here.ended(first->id)->state == job_state::cancelled);
  CHECK(here.status()->transfer.transfers_open == 1);
  CHECK(has_data(here.partials()));

  hub.at.behave(tiny_hub::path_of("org/one", "weights.bin"), {});
  hub.at.drop_connections();
  const auto done = here.ended(second->id);
  REQUIRE(done);
  INFO((done->error ? sentence(*done->error) : ""));
  CHECK(done->state == job_state::succeeded);
  CHECK(here.status()->transfer.bytes_received <
        shared + big); // what was here was not fetched anew
}

TEST_CASE("a job that waits for its next try is cancelled with its partial kept or purged") {
  const bool purge = GENERATE(false, true);
  CAPTURE(purge);
  tiny_hub hub;
  hub.add("org/big", {{"weights.bin", 5, big}});
  const auto path = tiny_hub::path_of("org/big", "weights.bin");
  hub.at.behave(path, {.cut_after = 1 << 20});
  living_node here{
      hub, [](node_options& o) { o.job_retry = {.first = 10min, .ceiling = 10min, .tries = 3}; }};
  const auto job = here.submit("hf:org/big");
  REQUIRE(job);
  // Cuts that bring bytes are forgiven; refusals that bring none are not.
  REQUIRE(hub.at.wait_for_requests(path, 4));
  hub.at.behave(path, {.status = 503});
  REQUIRE(here.heard().wait_for(job->id, "job-waiting"));
  CHECK(has_data(here.partials()));
  REQUIRE(here.cancel(job->id, purge));
  const auto done = here.ended(job->id);
  REQUIRE(done);
  CHECK(done->state == job_state::cancelled);
  CHECK(has_data(here.partials()) == !purge);
  if (!purge) CHECK(done->progress.counts.durable > 0);
}

TEST_CASE("a vendor has a bounded number of conversations at once, the others wait") {
  tiny_hub hub;
  auto door = std::make_shared<testing::gate>();
  for (int i = 0; i < 20; ++i)
    hub.json("/api/models/org/m" + std::to_string(i) + "/revision/main", "{}", {.hold = door});
  living_node here{hub, [](node_options& o) { o.limits[limits::limit::max_jobs].value = 20; }};
  std::vector<job_id> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(here.submit("hf:org/m" + std::to_string(i))->id);
  REQUIRE(hub.at.wait_until([](const testing::origin_counts& c) { return c.requests == 16; }));
  REQUIRE(here.cancel(ids[0]));
  REQUIRE(hub.at.wait_until([](const testing::origin_counts& c) { return c.requests == 17; }));
  CHECK(hub.at.log().size() == 17);
  door->open();
  for (std::size_t i = 1; i < ids.size(); ++i)
    CHECK(here.ended(ids[i])->state == job_state::failed);
}

TEST_CASE("stopping the node in the middle keeps the partial and the job, which goes on at the "
          "next start") {
  tiny_hub hub;
  hub.add("org/big", {{"weights.bin", 5, big}});
  hub.at.behave(tiny_hub::path_of("org/big", "weights.bin"), stalling());
  living_node here{hub};
  const auto job = here.submit("hf:org/big");
  REQUIRE(job);
  REQUIRE(here.heard().wait_for(
      [](const event& e) { return e.progress && e.progress->counts.received > 0; }));
  const auto started = std::chrono::steady_clock::now();
  here.stop();
  CHECK(std::chrono::steady_clock::now() - started < 5s);
  CHECK(hub.at.wait_until_idle());
  CHECK(has_data(here.partials()));

  hub.at.behave(tiny_hub::path_of("org/big", "weights.bin"), {});
  here.start();
  const auto done = here.ended(job->id);
  REQUIRE(done);
  CHECK(done->state == job_state::succeeded);
  const auto told = answer_of<std::vector<event_ptr>>(
      [&](auto reply) { here->replay(job->id, 0, std::move(reply)); });
  REQUIRE(told);
  CHECK(std::ranges::any_of(*told, [](const event_ptr& e) {
    return e->what.action == "job-accepted" && e->seq >> 32U == 2;
  }));
}

TEST_CASE("a stopped node answers every question once, saying that it stops") {
  tiny_hub hub;
  living_node here{hub};
  here->stop();
  CHECK(here.status().why().code == errc::shutting_down);
  CHECK(here.submit("hf:org/a").why().code == errc::shutting_down);
  here->stop(); // idempotent
}

} // namespace
} // namespace hive::actors
