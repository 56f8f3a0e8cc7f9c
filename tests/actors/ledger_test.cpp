#include "actors/ledger.hpp"
#include "tests/actors/living_node.hpp"
#include "tests/actors/neighbours.hpp"

namespace hive::actors {
namespace {

struct kept_ledger {
  actor_world world;
  scratch_home folder;
  store::home home{folder.path};
  ledger_actor ledger;

  kept_ledger() {
    REQUIRE(store::prepare(home));
    ledger = world.spawn([&](caf::local_actor* parent) {
      ledger_deps deps;
      deps.database = home.database();
      return spawn_ledger(parent, deps);
    });
  }

  static job_record job(const std::string& last, const std::string& key = "") {
    job_record made;
    made.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5F" + last};
    made.asked = pull("hf:org/a");
    made.asked.idempotency_key = key;
    return made;
  }

  /// All in the mailbox before the first is handled.
  std::vector<answer<caf::unit_t>> keep(const std::vector<job_record>& jobs) {
    std::vector<answer<caf::unit_t>> got(jobs.size());
    world.perform_now([&](caf::event_based_actor* self) {
      for (std::size_t i = 0; i < jobs.size(); ++i)
        self->request(ledger, 1h, keep_job{jobs[i]})
            .then([slot = got[i].slot()] { slot->emplace(caf::unit); },
                  [slot = got[i].slot()](caf::error& why) { slot->emplace(as_failure(why)); });
    });
    return got;
  }
  std::size_t stored() {
    return (*store::database::open(home.database()))->jobs(1000, {})->items.size();
  }
};

TEST_CASE("jobs that come together are kept together, and each is answered") {
  kept_ledger at;
  std::vector<job_record> jobs;
  for (int i = 10; i < 99; ++i) jobs.push_back(kept_ledger::job(std::to_string(i)));
  for (const auto& got : at.keep(jobs)) CHECK(got.get());
  CHECK(at.stored() == jobs.size());
}

TEST_CASE("one that cannot be kept does not take the others with it") {
  kept_ledger at;
  const auto got = at.keep(
      {kept_ledger::job("10", "key"), kept_ledger::job("11", "key"), kept_ledger::job("12")});
  CHECK(got[0].get());
  CHECK(got[1].get().why().code == errc::conflict);
  CHECK(got[2].get());
  CHECK(at.stored() == 2);
}

TEST_CASE("a ledger that is told to stop keeps what it has taken") {
  kept_ledger at;
  at.world.perform_now([&](caf::event_based_actor* self) {
    tell(self, at.ledger, keep_job{kept_ledger::job("10")});
    order_stop(at.ledger, stop_reason::node_stopping);
  });
  CHECK(at.stored() == 1);
}

TEST_CASE("nobody is shown a job that is not durable") {
  kept_ledger at;
  answer<job_page> page;
  at.world.perform_now([&](caf::event_based_actor* self) {
    tell(self, at.ledger, keep_job{kept_ledger::job("10")});
    self->request(at.ledger, 1h, query_jobs{10, {}})
        .then(
            [&](job_page& got) {
              page.slot()->emplace(std::move(got));
              CHECK(at.stored() == 1);
            },
            [](caf::error&) { FAIL("no answer"); });
  });
  CHECK(page->items.size() == 1);
}

TEST_CASE("ended jobs are forgotten when their time is over, and no others") {
  kept_ledger at;
  const auto keep = [&](const std::string& last, job_state state, std::chrono::days ago) {
    auto record = kept_ledger::job(last);
    record.state = state;
    record.created = std::chrono::floor<std::chrono::milliseconds>(wall_now() - ago);
    if (is_terminal(state)) record.finished = record.created;
    at.keep({record});
  };
  keep("10", job_state::succeeded, std::chrono::days{31});
  keep("11", job_state::succeeded, std::chrono::days{29});
  keep("12", job_state::waiting, std::chrono::days{300});
  CHECK(at.stored() == 3);
  at.world.pass(1min);
  CHECK(at.stored() == 2);
  keep("10", job_state::failed, std::chrono::days{31});
  at.world.pass(59min);
  CHECK(at.stored() == 3);
  at.world.pass(1min);
  CHECK(at.stored() == 2);
}

} // namespace
} // namespace hive::actors
