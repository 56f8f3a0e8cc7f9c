// Several nodes in one process, each an actor system of its own, over real TLS on loopback.

#include "tests/actors/hive_lab.hpp"

namespace hive::actors {

TEST_CASE("five nodes of one hive find each other, miss who is gone, and take it back", "[hive]") {
  hive_lab five{5};
  const auto around = five.at(3).members().around;
  CHECK(around.visible == 5);
  CHECK(around.is_whole());

  five.at(2).stop();
  CHECK(settles([&] { return five.at(0).sees(five.at(2)) == "unreachable"; }, 10s));
  CHECK(settles([&] { return five.at(4).sees(five.at(2)) == "unreachable"; }, 10s));
  CHECK(five.at(0).members().around.visible == 4);
  five.at(2).start();
  CHECK(settles([&] { return five.is_whole(); }, 20s));
  CHECK(five.at(1).heard().wait_for(
      [&](const event& e) { return e.what.action == "member.restarted"; }));
}

TEST_CASE("a job is given to another node and followed from a third", "[hive]") {
  hive_lab three{3};
  three.hub.add("org/tiny", {{"model.bin", 1, 300'000}});
  job_request asked;
  asked.what = parse_reference("hf:org/tiny").value();
  const auto made = answer_of<placed_jobs>(
      [&](auto reply) { three.at(0)->submit_on("n1", asked, {}, std::move(reply)); });
  if (!made) FAIL(sentence(made.why()));
  REQUIRE(made->jobs.size() == 1);
  CHECK(made->jobs[0].node == three.at(1).id());
  const auto id = made->jobs[0].job.id;
  const auto state = [&](hive_machine& from) {
    const auto job = answer_of<job_record>([&](auto reply) { from->job(id, std::move(reply)); });
    return job ? job->state : job_state::queued;
  };
  CHECK(settles([&] { return state(three.at(2)) == job_state::succeeded; }, 20s));
  const auto events = answer_of<std::vector<event_ptr>>(
      [&](auto reply) { three.at(2)->replay(id, 0, std::move(reply)); });
  REQUIRE(events);
  REQUIRE_FALSE(events->empty());
  CHECK(events->back()->kind == event_kind::end);
  const auto all =
      answer_of<hive_jobs>([&](auto reply) { three.at(2)->all_jobs(10, {}, std::move(reply)); });
  REQUIRE(all);
  REQUIRE(all->items.size() == 1);
  CHECK(all->items[0].name == "n1");
  CHECK(all->missing.empty());
  const auto actors =
      answer_of<actor_page>([&](auto reply) { three.at(0)->actors({}, "n2", std::move(reply)); });
  REQUIRE(actors);
  CHECK(actors->alive > 10);
  const auto nobody = answer_of<placed_jobs>(
      [&](auto reply) { three.at(0)->submit_on("n9", asked, {}, std::move(reply)); });
  REQUIRE_FALSE(nobody);
  CHECK(nobody.why().code == errc::not_found);
}

TEST_CASE("a wish for all reaches those that were away", "[hive]") {
  hive_lab three{3};
  three.hub.add("org/tiny", {{"model.bin", 1, 300'000}});
  three.at(2).stop();
  REQUIRE(settles([&] { return three.at(0).sees(three.at(2)) != "ok"; }, 10s));
  job_request asked;
  asked.what = parse_reference("hf:org/tiny").value();
  const auto made = answer_of<placed_jobs>(
      [&](auto reply) { three.at(0)->submit_on("all", asked, {}, std::move(reply)); });
  if (!made) FAIL(sentence(made.why()));
  CHECK(made->jobs.size() == 2);
  CHECK(made->away == std::vector<std::string>{"n2"});
  three.at(2).start();
  const auto holds = [&](hive_machine& one) {
    const auto page = answer_of<store::page<store::artifact>>(
        [&](auto reply) { one->artifacts(10, {}, std::move(reply)); });
    return page && page->items.size() == 1;
  };
  CHECK(settles([&] { return holds(three.at(0)) && holds(three.at(1)); }, 20s));
  CHECK(settles([&] { return holds(three.at(2)); }, 30s));
  const auto nobody = answer_of<placed_jobs>(
      [&](auto reply) { three.at(0)->submit_on("label=tpu", asked, {}, std::move(reply)); });
  REQUIRE_FALSE(nobody);
  CHECK(nobody.why().code == errc::conflict);
}

namespace {

/// A job of n1, given to it by n0, that has its bytes once the door is open.
job_id held_job(hive_lab& two, const std::shared_ptr<testing::gate>& door) {
  two.hub.add("org/slow", {{"model.bin", 1, 300'000}});
  two.hub.at.behave(tiny_hub::path_of("org/slow", "model.bin"), {.hold = door});
  job_request asked;
  asked.what = parse_reference("hf:org/slow").value();
  const auto made = answer_of<placed_jobs>(
      [&](auto reply) { two.at(0)->submit_on("n1", asked, {}, std::move(reply)); });
  if (!made) FAIL(sentence(made.why()));
  return made->jobs.front().job.id;
}

} // namespace

TEST_CASE("a peer or a follower that crashes is made anew, and the nodes go on", "[hive]") {
  hive_lab two{2};
  auto door = std::make_shared<testing::gate>();
  auto& here = two.at(0);
  const auto id = held_job(two, door);
  const auto follows = [&] {
    const auto all = here.actors({.limit = 1000});
    return all &&
           std::ranges::any_of(all->actors, [](const auto& a) { return a.name == "follower"; });
  };
  // Whoever replays another node's job hears what happens to it from then on.
  REQUIRE(answer_of<std::vector<event_ptr>>(
      [&](auto reply) { here->replay(id, 0, std::move(reply)); }));
  REQUIRE(settles(follows, 20s));
  for (const std::string who : {"follower", "peer"}) {
    CAPTURE(who);
    static_cast<void>(here.act(here.only(who), actor_action::crash, 0ms));
    CHECK(here.heard().wait_for([&](const event& e) {
      return e.what.action == "actor-crashed" && !e.what.fields.empty() &&
             e.what.fields[0].second == who;
    }));
    CHECK(settles([&] { return two.is_whole(); }, 60s));
  }
  door->open();
  const auto state = [&] {
    const auto job = answer_of<job_record>([&](auto reply) { here->job(id, std::move(reply)); });
    return job ? job->state : job_state::queued;
  };
  CHECK(settles([&] { return state() == job_state::succeeded; }, 60s));
}

TEST_CASE("a job whose node was away when its events were asked for is followed to its end",
          "[hive]") {
  hive_lab two{2};
  auto door = std::make_shared<testing::gate>();
  auto& here = two.at(0);
  const auto far = std::make_shared<listener>();
  here->subscribe([](event_ptr) {}, [far](event_ptr e) { far->hear(std::move(e)); });
  const auto id = held_job(two, door);
  two.at(1).stop();
  REQUIRE(settles([&] { return here.sees(two.at(1)) != "ok"; }, 10s));
  REQUIRE(answer_of<std::vector<event_ptr>>(
      [&](auto reply) { here->replay(id, 0, std::move(reply)); }));
  two.at(1).start();
  door->open();
  CHECK(far->wait_for([&](const event& e) { return e.what.job == id && e.kind == event_kind::end; },
                      60s));
}

} // namespace hive::actors
