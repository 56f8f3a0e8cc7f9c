#include "actors/inspector.hpp"
#include "actors/queue.hpp"
#include "tests/actors/neighbours.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

/// A queue with its jobs and an inspector, in virtual time.
struct looked_into {
  actor_world world;
  stand_ins around{world};
  queue_actor queue;
  inspector_actor inspector;

  looked_into() {
    queue = world.spawn([&](caf::local_actor* parent) {
      queue_deps deps{around.ledger, around.narrator, around.catalog,
                      around.desk,   around.shelf,    around.limits};
      return spawn_queue(parent, deps);
    });
    inspector = world.spawn([&](caf::local_actor* parent) {
      return spawn_inspector(parent, {queue, around.narrator});
    });
    around.fetches = false;
  }
  ~looked_into() {
    order_stop(inspector, stop_reason::node_stopping);
    order_stop(queue, stop_reason::node_stopping);
    world.settle();
  }
  job_record submit(const std::string& what) {
    return *world.ask<job_record>(queue, submit_job{pull(what), {}});
  }
  actor_page page(actor_query asked = {}) { return *world.ask<actor_page>(inspector, asked); }
  actor_facts only(const std::string& name) {
    const auto found = page({.name = name});
    REQUIRE(found.actors.size() == 1);
    return found.actors.front();
  }
  result<actor_acted> order(std::uint64_t id, actor_action what) {
    return world.ask<actor_acted>(inspector, act_on_actor{id, what, 1h, "a test"}).get();
  }
  std::vector<std::string> told(const std::string& action) {
    std::vector<std::string> all;
    for (const auto& m : around.narrator_of.told)
      if (m.what.action == action) all.push_back(m.what.human);
    return all;
  }
};

/// Its handler lasts as long as told.
class sleepy_state {
 public:
  using handle = build_actor;
  static constexpr const char* name = "sleepy";
  sleepy_state(build_actor::pointer, population& people, std::uint32_t ticks)
    : people_(people), ticks_(ticks) {}
  build_actor::behavior_type make_behavior() {
    return {[this](const build_step&) {
      for (std::uint32_t i = 0; i < ticks_; ++i) people_.advance_tick();
    }};
  }

 private:
  population& people_;
  std::uint32_t ticks_;
};

std::vector<std::string> names_of(const actor_page& page) {
  std::vector<std::string> names;
  for (const auto& one : page.actors) names.push_back(one.name);
  std::ranges::sort(names);
  return names;
}

} // namespace

TEST_CASE("every actor is listed with its class, its parent and the job it works for") {
  looked_into at;
  CHECK(names_of(at.page()) == std::vector<std::string>{"inspector", "queue"});
  const auto id = at.submit("hf:org/a").id;
  const auto page = at.page();
  CHECK(names_of(page) ==
        std::vector<std::string>{"download", "heartbeat", "inspector", "job", "queue"});
  CHECK(page.alive == 5);
  const auto queue = at.only("queue");
  const auto job = at.only("job");
  CHECK(job.parent == queue.id);
  CHECK(queue.children == 1);
  CHECK(job.children == 2);
  CHECK(at.only("download").parent == job.id);
  CHECK(at.only("heartbeat").parent == job.id);
  CHECK(queue.job.empty());
  for (const auto* who : {"job", "download", "heartbeat"}) CHECK(at.only(who).job == id);
  CHECK(at.world.ask<job_record>(at.queue, cancel_job{id}).here());
  CHECK(names_of(at.page()) == std::vector<std::string>{"inspector", "queue"});
  CHECK(at.only("queue").children == 0);
}

TEST_CASE("a list is filtered by name, job, state and family, and comes in pages") {
  looked_into at;
  const auto one = at.submit("hf:org/a").id;
  at.submit("hf:org/b");
  CHECK(at.page({.name = "JOB"}).actors.size() == 2);
  CHECK(at.page({.job = one.value}).actors.size() == 3);
  CHECK(names_of(at.page({.state = "fetching"})) == std::vector<std::string>{"job", "job"});
  CHECK(names_of(at.page({.state = "beating"})).size() == 2);
  const auto job = at.page({.name = "job", .job = one.value}).actors.front();
  CHECK(at.page({.under = job.id}).actors.size() == 3);
  CHECK(at.page({.name = "nobody"}).actors.empty());

  std::vector<std::uint64_t> seen;
  actor_query asked{.limit = 3};
  do {
    const auto page = at.page(asked);
    REQUIRE(page.actors.size() <= 3);
    for (const auto& a : page.actors) seen.push_back(a.id);
    asked.after = page.next;
  } while (asked.after != 0);
  CHECK(seen.size() == 8);
  CHECK(std::ranges::is_sorted(seen));
}

TEST_CASE("a mailbox's depth is exact: what waits, what was skipped, what has been handled") {
  looked_into at;
  at.submit("hf:org/a");
  const auto download = at.only("download").id;
  const auto before = at.only("download");
  CHECK(before.depth == 0);
  // It handles nothing while it is frozen.
  REQUIRE(at.order(download, actor_action::freeze));
  const auto whom = at.world.people().find(download);
  for (int i = 0; i < 5; ++i) caf::anon_send(whom, i);
  const auto waiting = at.only("download");
  CHECK(waiting.depth == 5);
  CHECK(waiting.most_depth >= 5);
  at.world.settle();
  const auto skipped = at.only("download");
  CHECK(skipped.depth == 5);
  CHECK(skipped.skipped == before.skipped + 5);
  at.world.pass(1h);
  const auto after = at.only("download");
  CHECK(after.depth == 0);
  CHECK(after.handled >= before.handled + 5);
}

TEST_CASE("rates and growth are of the window that was asked for") {
  looked_into at;
  const auto queue = at.only("queue").id;
  actor_query asked{.by = actor_order::rate, .window = 2s};
  const auto answer = at.world.ask<actor_page>(at.inspector, asked);
  CHECK_FALSE(answer.here());
  const auto whom = at.world.people().find(queue);
  for (int i = 0; i < 10; ++i) caf::anon_send(whom, i);
  at.world.pass(1s);
  CHECK_FALSE(answer.here());
  at.world.pass(1s);
  REQUIRE(answer.here());
  CHECK(answer->window == 2s);
  const auto first = answer->actors.front();
  CHECK(first.id == queue);
  REQUIRE(first.rate);
  CHECK(*first.rate >= 5);
  CHECK(*first.rate < 8);
}

TEST_CASE("clocks run from the first question until a minute after the last") {
  looked_into at;
  CHECK_FALSE(at.world.people().watched());
  at.page();
  CHECK(at.world.people().watched());
  at.world.tell(at.queue, widen_start{});
  CHECK(at.only("queue").handling);
  at.world.pass(59s);
  CHECK(at.world.people().watched());
  at.world.pass(63s);
  CHECK_FALSE(at.world.people().watched());
}

TEST_CASE("one actor is shown with its family, its last messages and what it says of itself") {
  looked_into at;
  at.submit("hf:org/a");
  const auto job = at.only("job");
  CHECK(at.world.ask<actor_detail>(at.inspector, show_actor{job.id})->messages.empty());
  at.world.tell(at.world.people().find(job.id), 1);
  const auto seen = *at.world.ask<actor_detail>(at.inspector, show_actor{job.id});
  REQUIRE(seen.above.size() == 1);
  CHECK(seen.above.front().name == "queue");
  CHECK(seen.below.size() == 2);
  REQUIRE_FALSE(seen.messages.empty());
  CHECK(std::ranges::find(seen.messages, "int32_t", &handled_message::type) != seen.messages.end());
  CHECK(at.world.ask<actor_detail>(at.inspector, show_actor{99999}).get().why().code ==
        errc::not_found);
}

TEST_CASE("who does not answer for a quarter of a second is shown without its own words") {
  looked_into at;
  at.submit("hf:org/a");
  const auto download = at.only("download").id;
  REQUIRE(at.order(download, actor_action::freeze));
  const auto answer = at.world.ask<actor_detail>(at.inspector, show_actor{download});
  CHECK_FALSE(answer.here());
  at.world.pass(250ms);
  REQUIRE(answer.here());
  CHECK_FALSE(answer->self);
  CHECK(answer->unsaid == "it did not answer within 250 ms");
  // Not asked once more for nothing.
  const auto waiting = at.only("download").depth;
  CHECK(at.world.ask<actor_detail>(at.inspector, show_actor{download})->unsaid == answer->unsaid);
  CHECK(at.only("download").depth == waiting);
}

TEST_CASE("a part of a job is cancelled, paused and resumed as its job") {
  looked_into at;
  const auto id = at.submit("hf:org/a").id;
  const auto state = [&] { return at.world.ask<job_record>(at.queue, query_job{id})->state; };
  SECTION("cancelled") {
    REQUIRE(at.order(at.only("download").id, actor_action::cancel));
    CHECK(state() == job_state::cancelled);
    CHECK(at.page({.name = "download"}).actors.empty());
  }
  SECTION("paused") {
    REQUIRE(at.order(at.only("heartbeat").id, actor_action::pause));
    CHECK(state() == job_state::paused);
  }
  SECTION("ended as if it had crashed") {
    REQUIRE(at.order(at.only("download").id, actor_action::restart));
    CHECK(at.world.people().crashes_of("download") == 1);
  }
  REQUIRE(at.told("actor-action").size() == 1);
  CHECK(at.told("actor-action").front().starts_with("a test ordered "));
}

TEST_CASE("what works for the whole node is neither cancelled nor paused") {
  looked_into at;
  const auto queue = at.only("queue").id;
  CHECK(at.order(queue, actor_action::cancel).why().code == errc::conflict);
  CHECK(at.order(queue, actor_action::pause).why().code == errc::conflict);
  CHECK(at.order(99999, actor_action::cancel).why().code == errc::not_found);
  CHECK(at.told("actor-action").empty());
}

TEST_CASE("messages that wait for five seconds are an alert, until they move") {
  looked_into at;
  at.submit("hf:org/a");
  const auto download = at.only("download").id;
  inject(at.world.people().find(download), fault::freeze, 20s);
  at.world.settle();
  caf::anon_send(at.world.people().find(download), 1);
  for (int i = 0; i < 5; ++i) at.world.pass(1s);
  CHECK(at.told("alert-on").empty());
  for (int i = 0; i < 2; ++i) at.world.pass(1s);
  REQUIRE(at.told("alert-on").size() == 1);
  CHECK(at.told("alert-on").front() ==
        "messages of the download " + std::to_string(download) + " have waited for 5 s");
  for (int i = 0; i < 15; ++i) at.world.pass(1s);
  CHECK(at.told("alert-on").size() == 1);
  CHECK(at.told("alert-off").size() == 1);
}

TEST_CASE("a handler that takes more than a quarter of a second is counted and told") {
  looked_into at;
  const auto ticks = GENERATE(std::uint32_t{5}, 6U);
  const auto slow = at.world.spawn([&](caf::local_actor* parent) {
    return spawn_child<sleepy_state>(parent, at.world.people(), ticks);
  });
  at.world.tell(slow, build_step{});
  at.world.pass(1s);
  CHECK(at.only("sleepy").slow == (ticks > 5 ? 1U : 0U));
  CHECK(at.told("slow-handler").size() == (ticks > 5 ? 1U : 0U));
  order_stop(slow, stop_reason::node_stopping);
  at.world.settle();
}

TEST_CASE("a trace holds what was handled under an actor, and ends when nobody takes it") {
  looked_into at;
  at.submit("hf:org/a");
  const auto take = [&](std::uint64_t under) {
    return *at.world.ask<trace_part>(at.inspector, take_trace{under});
  };
  const auto job = at.only("job").id;
  CHECK(take(job).messages.empty());
  at.world.tell(at.world.people().find(job), 1);
  at.world.tell(at.queue, widen_start{});
  const auto part = take(job);
  REQUIRE_FALSE(part.messages.empty());
  for (const auto& m : part.messages) CHECK(m.name != "queue");
  CHECK(part.messages.front().type == "int32_t");
  CHECK_FALSE(part.over);
  for (int i = 0; i < 5; ++i) at.world.pass(1s);
  CHECK_FALSE(at.world.people().tracing());
  CHECK(at.world.ask<trace_part>(at.inspector, take_trace{99999}).get().why().code ==
        errc::not_found);
}

TEST_CASE("a trace of another actor begins anew, with nothing of the one before") {
  looked_into at;
  at.submit("hf:org/a");
  const auto take = [&](std::uint64_t under) {
    return *at.world.ask<trace_part>(at.inspector, take_trace{under});
  };
  const auto job = at.only("job").id;
  const auto disturb_both = [&] {
    at.world.tell(at.world.people().find(job), 1);
    at.world.tell(at.queue, widen_start{});
  };
  take(0);
  disturb_both();
  CHECK(take(job).messages.empty());
  disturb_both();
  const auto part = take(job);
  REQUIRE_FALSE(part.messages.empty());
  for (const auto& m : part.messages) CHECK(m.name != "queue");
}

TEST_CASE("a trace is over after a minute") {
  looked_into at;
  at.world.ask<trace_part>(at.inspector, take_trace{0});
  bool over = false;
  for (int i = 0; i < 62 && !over; ++i) {
    at.world.pass(1s);
    over = at.world.ask<trace_part>(at.inspector, take_trace{0})->over;
  }
  CHECK(over);
  CHECK_FALSE(at.world.people().tracing());
}

} // namespace hive::actors
