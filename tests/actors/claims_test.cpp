/// Two jobs that would build the same at once: the catalog's part and the job's.
#include "tests/actors/queue_room.hpp"
#include "tests/actors/shop.hpp"

namespace hive::actors {
namespace {

/// A job as the catalog sees it, which hears claim_ended.
struct builder {
  shop& at;
  job_id id;
  int ended{0};
  caf::actor me;

  builder(shop& s, const std::string& name) : at(s), id{name} {
    me = s.world.system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {[self](const perform& m) { m.act(self); }, [this](const claim_ended&) { ++ended; }};
    });
    s.world.keep(me);
  }
  artifact_claimed claim(const artifact_id& what) {
    return *at.ask_as<artifact_claimed>(me, claim_artifact{id, what});
  }
};

TEST_CASE("what nobody builds is the first one's to build, and the others hear who does") {
  shop s;
  const artifact_id what{"made"};
  builder first{s, "1"};
  builder second{s, "2"};
  CHECK_FALSE(first.claim(what).maker);
  CHECK(second.claim(what).maker == first.id);
  CHECK_FALSE(first.claim(what).maker);
  CHECK_FALSE(second.claim(artifact_id{"another"}).maker);
  CHECK(second.ended == 0);
}

TEST_CASE("whoever builds and is gone leaves it to those who wait") {
  shop s;
  const artifact_id what{"made"};
  builder first{s, "1"};
  builder second{s, "2"};
  builder third{s, "3"};
  first.claim(what);
  second.claim(what);
  third.claim(what);
  s.leave(first.me);
  CHECK(second.ended == 1);
  CHECK(third.ended == 1);
  CHECK_FALSE(second.claim(what).maker);
  CHECK(third.claim(what).maker == second.id);
}

TEST_CASE("one who waits and is gone changes nothing") {
  shop s;
  const artifact_id what{"made"};
  builder first{s, "1"};
  builder second{s, "2"};
  first.claim(what);
  second.claim(what);
  s.leave(second.me);
  builder third{s, "3"};
  CHECK(third.claim(what).maker == first.id);
}

TEST_CASE("what has come meanwhile is taken by those who wait") {
  shop s;
  const auto plan = s.plan("a", {"one"});
  const artifact_id what{artifact_key(plan)};
  builder first{s, "1"};
  builder second{s, "2"};
  first.claim(what);
  second.claim(what);
  s.stock("a", {"one"});
  CHECK(second.ended == 1);
  const auto got = second.claim(what);
  REQUIRE(got.what);
  CHECK(got.what->id == what);
  CHECK_FALSE(got.maker);
}

/// A job whose sources are here, and that another job builds for.
struct claims_bench : queue_room {
  claims_bench() : queue_room(4) {
    around.plan = plan_of(named("hf:org/a"));
    around.plan->how.emplace();
    around.claim_answer.maker = job_id{"other"};
  }
  void end_claim(artifact_claimed next) {
    around.claim_answer = std::move(next);
    world.tell(caf::actor_cast<job_actor>(one("job")), claim_ended{});
  }
};

TEST_CASE("a job whose build another job makes waits for it, says for whom, and takes it") {
  claims_bench b;
  const auto id = b.submit("hf:org/a").id;
  CHECK(b.now(id).state == job_state::fetching);
  CHECK(b.around.narrator_of.said(id, "build-awaited"));
  CHECK(b.world.people().count("build") == 0);
  REQUIRE(b.around.claimed.size() == 1);
  CHECK(b.around.claimed[0].job == id);
  CHECK(b.around.claimed[0].id.value == artifact_key(*b.around.plan));
  for (int i = 0; i < 15; ++i) b.world.pass(1s);
  CHECK_FALSE(b.around.narrator_of.said(id, "stalled"));

  artifact_claimed here;
  here.what.emplace();
  here.what->id.value = "made";
  b.end_claim(here);
  CHECK(b.now(id).state == job_state::succeeded);
  CHECK(b.now(id).artifact.value == "made");
  CHECK(b.world.people().count("build") == 0);
}

TEST_CASE("a job that waits for another's build can be cancelled") {
  claims_bench b;
  const auto id = b.submit("hf:org/a").id;
  b.cancel(id);
  CHECK(b.now(id).state == job_state::cancelled);
  CHECK(b.jobs_alive() == 0);
}

TEST_CASE("a build that falls to the next may be somebody else's by then") {
  claims_bench b;
  const auto id = b.submit("hf:org/a").id;
  artifact_claimed next;
  next.maker = job_id{"third"};
  b.end_claim(next);
  CHECK(b.around.claimed.size() == 2);
  CHECK(b.now(id).state == job_state::fetching);
  CHECK(b.world.people().count("build") == 0);
}

} // namespace
} // namespace hive::actors
