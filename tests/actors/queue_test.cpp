#include "tests/actors/queue_room.hpp"

namespace hive::actors {
namespace {

TEST_CASE("a job goes its whole course and ends in the ledger") {
  queue_room room;
  room.around.files = 6;
  const auto job = room.submit("hf:org/a");
  CHECK(job.state == job_state::queued);
  const auto done = room.now(job.id);
  CHECK(done.state == job_state::succeeded);
  CHECK(done.artifact.value == artifact_key(plan_of(named("hf:org/a"), 6)));
  CHECK(done.revision == std::string(40, 'b'));
  CHECK(done.progress.counts.verified == 6000);
  CHECK(done == room.kept(job.id));
  CHECK(room.jobs_alive() == 0);
  CHECK(room.around.narrator_of.actions(job.id) ==
        std::vector<std::string>{"job-accepted", "job-started", "plan-ready", "job-resolved",
                                 "fetched", "job-fetched", "job-succeeded"});
  CHECK(room.around.narrator_of.told.back().kind == event_kind::end);
}

TEST_CASE("a job is durable before its submit is answered") {
  queue_room room;
  room.around.ledger_of.silent = true;
  const auto reply = room.world.ask<job_record>(room.queue, submit_job{pull("hf:org/a"), {}});
  CHECK_FALSE(reply.here());
  CHECK(room.around.find.asked == 0);
  room.world.pass(10s); // the ledger's limit
  REQUIRE(reply.here());
  CHECK(reply.get().why().code == errc::no_answer);
  room.around.ledger_of.silent = false;
}

TEST_CASE("a job that cannot be stored is refused and nothing runs") {
  queue_room room;
  room.around.ledger_of.refuses = true;
  const auto reply = room.world.ask<job_record>(room.queue, submit_job{pull("hf:org/a"), {}});
  CHECK(reply.get().why().code == errc::disk_full);
  CHECK(room.around.find.asked == 0);
  CHECK(room.jobs_alive() == 0);
}

TEST_CASE("slots bound what runs, priority goes before age") {
  queue_room room{2};
  room.around.resolve.holds = true;
  const auto a = room.submit("hf:org/a");
  const auto b = room.submit("hf:org/b");
  const auto c = room.submit("hf:org/c");
  const auto d = room.submit("hf:org/d");
  auto urgent = pull("hf:org/e");
  urgent.priority = 5;
  const auto e = room.submit(urgent);
  CHECK(room.now(a.id).state == job_state::resolving);
  CHECK(room.now(b.id).state == job_state::resolving);
  for (const auto& id : {c.id, d.id, e.id}) CHECK(room.now(id).state == job_state::queued);

  const auto next = [&](const job_id& gone) {
    room.cancel(gone);
    CHECK(room.now(gone).state == job_state::cancelled);
  };
  next(a.id);
  CHECK(room.now(e.id).state == job_state::resolving);
  CHECK(room.now(c.id).state == job_state::queued);
  next(b.id);
  CHECK(room.now(c.id).state == job_state::resolving);
  CHECK(room.now(d.id).state == job_state::queued);

  const auto counts = room.world.ask<job_counts>(room.queue, count_jobs{});
  CHECK(counts->by_state[static_cast<std::size_t>(job_state::resolving)] == 2);
  CHECK(counts->by_state[static_cast<std::size_t>(job_state::queued)] == 1);
  CHECK(counts->by_state[static_cast<std::size_t>(job_state::cancelled)] == 2);
}

TEST_CASE("the same idempotency key yields the same job, another request with it is refused") {
  queue_room room;
  room.around.resolve.holds = true;
  auto asked = pull("hf:org/a");
  asked.idempotency_key = "once";
  // Both are under way at the same time: the second waits for the first.
  answer<job_record> first;
  answer<job_record> second;
  room.world.perform_now([&](caf::event_based_actor* self) {
    for (const auto& got : {first, second})
      self->request(room.queue, 1h, submit_job{asked, {}})
          .then([slot = got.slot()](job_record& r) { slot->emplace(std::move(r)); },
                [slot = got.slot()](caf::error& why) { slot->emplace(as_failure(why)); });
  });
  CHECK(first->id == second->id);
  CHECK(room.around.ledger_of.jobs.size() == 1);

  auto other = pull("hf:org/b");
  other.idempotency_key = "once";
  const auto refused = room.world.ask<job_record>(room.queue, submit_job{other, {}});
  CHECK(refused.get().why().code == errc::conflict);

  room.cancel(first->id); // now only the ledger knows it
  CHECK(room.submit(asked).id == first->id);
}

TEST_CASE("a list shows what is fresher than the ledger") {
  queue_room room;
  room.around.fetches = false;
  const auto job = room.submit("hf:org/a");
  room.world.tell(room.queue, job_progressed{job.id, {{10, 5, 5, 0}, 1000, 7, {}, {}}});
  const auto page = room.world.ask<job_page>(room.queue, query_jobs{10, {}});
  REQUIRE(page->items.size() == 1);
  CHECK(page->items.front().progress.counts.received == 10);
  CHECK(page->items.front().state == job_state::fetching);
}

TEST_CASE("unfinished jobs of before run again, in order of age") {
  job_record old;
  old.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAV"};
  old.asked = pull("hf:org/a");
  old.state = job_state::fetching;
  auto newer = old;
  newer.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAW"};
  newer.state = job_state::queued;
  queue_room room{1, {old, newer}};
  CHECK(room.now(old.id).state == job_state::succeeded);
  CHECK(room.now(newer.id).state == job_state::succeeded);
  CHECK(room.around.narrator_of.said(old.id, "job-requeued"));
  CHECK_FALSE(room.around.narrator_of.said(newer.id, "job-requeued"));
}

TEST_CASE("a queue that stops leaves its running jobs queued in the ledger") {
  queue_room room;
  room.around.fetches = false;
  const auto job = room.submit("hf:org/a");
  REQUIRE(room.now(job.id).state == job_state::fetching);
  order_stop(room.queue, stop_reason::node_stopping);
  room.world.settle();
  CHECK(room.kept(job.id).state == job_state::queued);
  CHECK(room.jobs_alive() == 0);
  CHECK(room.world.people().count("queue") == 0);
  REQUIRE(room.around.released.size() == 1);
  CHECK_FALSE(room.around.released.front().purge);
}

TEST_CASE("a job's end is told only once it is durable") {
  queue_room room;
  room.around.admit.holds = true;
  const auto job = room.submit("hf:org/a");
  REQUIRE(room.now(job.id).state == job_state::committing);
  room.around.ledger_of.refuses = true;
  room.world.perform_as(room.around.catalog,
                        [&](auto*) { room.around.admit.held.front().deliver(store::artifact{}); });
  CHECK(room.now(job.id).state == job_state::succeeded);
  CHECK_FALSE(room.around.narrator_of.said(job.id, "job-succeeded"));
  CHECK(room.kept(job.id).state == job_state::committing);
  room.around.ledger_of.refuses = false;
  room.world.pass(5s);
  CHECK(room.kept(job.id).state == job_state::succeeded);
  CHECK(room.around.narrator_of.said(job.id, "job-succeeded"));
}

TEST_CASE("a retry of a job that is shown as ended waits until that is durable, and comes once") {
  queue_room room;
  room.around.resolve.holds = true;
  room.submit("hf:org/a");
  const auto job = room.submit("hf:org/b");
  room.around.ledger_of.refuses = true;
  const auto cancelled = room.cancel(job.id);
  CHECK(room.now(job.id).state == job_state::cancelled);
  const auto again = room.steer(job.id, job_order::retry);
  const auto twice = room.steer(job.id, job_order::retry);
  CHECK_FALSE(again.here());
  room.around.ledger_of.refuses = false;
  room.world.pass(5s);
  CHECK(cancelled->state == job_state::cancelled);
  CHECK(again->state == job_state::queued);
  CHECK(twice.get().why().code == errc::conflict);
  CHECK(room.now(job.id).state == job_state::queued);
}

TEST_CASE("secrets in a failure do not reach the record") {
  queue_room room;
  room.around.resolve.failures = {
      fail(errc::gated, "Authorization: Bearer hf_abcdefghijklmnopqrstuvwxyzABCDEF")};
  const auto job = room.submit("hf:org/a");
  const auto done = room.now(job.id);
  REQUIRE(done.error);
  CHECK(done.error->detail.find("hf_abc") == std::string::npos);
}

TEST_CASE("fewer slots let running jobs finish, more start the next ones at once") {
  queue_room room{2};
  room.around.resolve.holds = true;
  for (const auto* what : {"hf:org/a", "hf:org/b", "hf:org/c", "hf:org/d"}) room.submit(what);
  CHECK(room.around.resolve.asked == 2);
  room.world.tell(room.queue, slots_changed{1});
  CHECK(room.world.people().count("job") == 2);
  room.world.tell(room.queue, slots_changed{3});
  CHECK(room.around.resolve.asked == 3);
}

TEST_CASE("a job's own rate holds while it runs, and can be changed meanwhile") {
  queue_room room;
  room.around.resolve.holds = true;
  auto asked = pull("hf:org/a");
  asked.max_rate = 1000;
  asked.idempotency_key = "key";
  const auto job = room.submit(asked);
  REQUIRE(room.around.rates.size() == 1);
  CHECK(room.around.rates[0].rate == 1000);
  const auto changed = room.world.ask<job_record>(room.queue, change_job{job.id, {500, {}, {}}});
  CHECK(changed->asked.max_rate == 500);
  CHECK(room.kept(job.id).asked.max_rate == 500);
  CHECK(room.around.rates.back().rate == 500);
  CHECK(room.around.narrator_of.said(job.id, "limit-changed"));
  CHECK(room.submit(asked).id == job.id); // the same wish still
  room.cancel(job.id);
  CHECK(room.around.rates.back().rate == 0);
  CHECK(room.world.ask<job_record>(room.queue, change_job{job.id, {1, {}, {}}}).get().why().code ==
        errc::conflict);
  CHECK(room.world.ask<job_record>(room.queue, change_job{job_id{"none"}, {1, {}, {}}})
            .get()
            .why()
            .code == errc::not_found);
}

TEST_CASE("a job that waits for a slot takes a new priority and keeps it") {
  queue_room room;
  room.around.resolve.holds = true;
  const auto first = room.submit("hf:org/a");
  const auto second = room.submit("hf:org/b");
  const auto third = room.submit("hf:org/c");
  room.world.ask<job_record>(room.queue, change_job{third.id, {{}, 5, {}}});
  CHECK(room.around.narrator_of.said(third.id, "job-moved"));
  room.cancel(first.id);
  CHECK(room.now(third.id).state == job_state::resolving);
  CHECK(room.now(second.id).state == job_state::queued);
}

} // namespace
} // namespace hive::actors
