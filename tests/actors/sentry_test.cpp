#include "actors/queue.hpp"
#include "actors/sentry.hpp"
#include "tests/actors/neighbours.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

/// A queue with one running job and a sentry, in virtual time.
struct watched {
  actor_world world;
  stand_ins around{world};
  queue_actor queue;
  sentry_actor sentry;

  watched() {
    queue = world.spawn([&](caf::local_actor* parent) {
      queue_deps deps{around.ledger, around.narrator, around.catalog,
                      around.desk,   around.shelf,    around.limits};
      return spawn_queue(parent, deps);
    });
    sentry = world.spawn([&](caf::local_actor* parent) {
      return spawn_sentry(parent, {.narrator = around.narrator});
    });
  }
  ~watched() {
    order_stop(sentry, stop_reason::node_stopping);
    order_stop(queue, stop_reason::node_stopping);
    world.settle();
  }
  job_record submit(const std::string& what) {
    return *world.ask<job_record>(queue, submit_job{pull(what), {}});
  }
  job_record now(const job_id& id) { return *world.ask<job_record>(queue, query_job{id}); }
  caf::actor one(const std::string& name) {
    const auto all = world.people().list();
    const auto at = std::ranges::find(all, name, &resident::name);
    REQUIRE(at != all.end());
    return world.people().find(at->id);
  }
  void put(const std::string& name, fault what, std::chrono::milliseconds lasting = 1h) {
    inject(one(name), what, lasting);
    world.settle();
  }
  void seconds(int n) {
    for (int i = 0; i < n; ++i) world.pass(1s);
  }
  std::vector<std::string> told(const std::string& action) {
    std::vector<std::string> all;
    for (const auto& m : around.narrator_of.told)
      if (m.what.action == action) all.push_back(m.what.human);
    return all;
  }
  std::vector<std::string> silent() { return world.people().silent(world.system().clock().now()); }
  std::uint64_t crashes(const std::string& name) {
    for (const auto& counted : world.people().crash_counts())
      if (counted.name == name) return counted.crashes;
    return 0;
  }
};

TEST_CASE("a part of a job that throws or falls silent fails its job with the reason, and leaves "
          "nobody behind") {
  const auto who = GENERATE(std::string{"job"}, "download", "heartbeat");
  const auto what = GENERATE(fault::crash, fault::freeze);
  CAPTURE(who, what);
  watched at;
  const auto baseline = at.world.people().size();
  at.around.fetches = false;
  const auto id = at.submit("hf:org/a").id;
  REQUIRE(at.now(id).state == job_state::fetching);
  at.put(who, what);
  at.seconds(22);
  const auto done = at.now(id);
  CHECK(done.state == job_state::failed);
  REQUIRE(done.error);
  CHECK(done.error->code == errc::actor_failed);
  const auto* words = what == fault::crash ? " threw: an injected fault" : " has not answered for ";
  CHECK(done.error->detail.find("the " + who + words) != std::string::npos);
  CHECK(at.world.people().size() == baseline);
  CHECK(at.crashes(who) == 1);
  const auto crashed = at.told("actor-crashed");
  REQUIRE(crashed.size() == 1);
  CHECK(crashed.front().find("the " + who + words) != std::string::npos);
  CHECK(at.told("actor-silent").size() == (what == fault::freeze ? 1 : 0));

  at.around.fetches = true;
  CHECK(at.now(at.submit("hf:org/b").id).state == job_state::succeeded);
}

TEST_CASE("a flood of messages nobody understands is drained, and nothing else happens") {
  const auto who = GENERATE(std::string{"queue"}, "job", "download", "heartbeat", "sentry");
  CAPTURE(who);
  watched at;
  at.around.fetches = false;
  const auto id = at.submit("hf:org/a").id;
  at.put(who, fault::flood);
  at.seconds(20);
  CHECK(at.now(id).state == job_state::fetching);
  CHECK(at.crashes(who) == 0);
  CHECK(at.told("actor-silent").empty());
}

TEST_CASE("a question that nobody answers in time is named, with who was asked") {
  watched at;
  at.around.check.holds = true;
  const auto id = at.submit("hf:org/a").id;
  at.seconds(61);
  CHECK(is_running(at.now(id).state)); // it was worth another try
  REQUIRE(at.told("will-retry").size() == 1);
  CHECK(at.told("will-retry").front().find("the catalog did not answer check_plan within 60 s") !=
        std::string::npos);
}

TEST_CASE("a freeze that ends in time harms nobody") {
  watched at;
  at.around.fetches = false;
  const auto id = at.submit("hf:org/a").id;
  const auto reader = at.around.fetch_asked.front().reader;
  at.put("download", fault::freeze, 10s);
  at.put("heartbeat", fault::freeze, 10s);
  at.world.tell(reader, file_fetched{"file-0.bin", {sha256_hex("x"), 1000, 0}});
  at.seconds(9);
  CHECK(at.told("actor-silent").size() == 2);
  CHECK(at.silent().size() == 2);
  CHECK(at.now(id).state == job_state::fetching);
  at.around.admit.holds = true; // the job stays, and so does its heartbeat
  at.seconds(3);
  CHECK(at.now(id).state == job_state::committing); // what was held was heard
  CHECK(at.told("actor-back").size() == 1);
  CHECK(at.silent().empty());
}

TEST_CASE("a sentry that looks no more is found silent itself") {
  watched at;
  at.seconds(12);
  CHECK(at.silent().empty());
  at.put("sentry", fault::freeze, 60s);
  at.seconds(18);
  REQUIRE(at.silent().size() == 1);
  CHECK(at.silent().front().find("the sentry has not looked") != std::string::npos);
}

} // namespace
} // namespace hive::actors
