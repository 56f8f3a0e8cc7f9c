#include "tests/actors/queue_room.hpp"

namespace hive::actors {
namespace {

TEST_CASE("a pause stops a running job, keeps what it has, and a resume queues it again") {
  queue_room room;
  room.around.fetches = false;
  const auto job = room.submit("hf:org/a");
  const auto other = room.submit("hf:org/b");
  REQUIRE(room.now(job.id).state == job_state::fetching);
  const auto paused = room.steer(job.id, job_order::pause);
  CHECK(paused->state == job_state::paused);
  CHECK(paused->cause == "paused by request");
  CHECK(room.kept(job.id).state == job_state::paused);
  REQUIRE(room.around.released.size() == 1);
  CHECK_FALSE(room.around.released.front().purge);
  CHECK(room.now(other.id).state == job_state::fetching); // the slot went on
  CHECK(room.steer(job.id, job_order::pause)->state == job_state::paused);

  CHECK(room.steer(job.id, job_order::resume)->state == job_state::queued);
  CHECK(room.steer(job.id, job_order::resume)->state == job_state::queued);
  room.cancel(other.id);
  CHECK(room.now(job.id).state == job_state::fetching);
}

TEST_CASE("a queued and a waiting job are paused at once") {
  queue_room room;
  room.around.resolve.failures = {fail(errc::vendor_unavailable, "busy")};
  const auto waiting = room.submit("hf:org/a");
  REQUIRE(room.now(waiting.id).state == job_state::waiting);
  CHECK(room.steer(waiting.id, job_order::pause)->state == job_state::paused);
  room.world.pass(1h);
  CHECK(room.now(waiting.id).state == job_state::paused);

  room.around.resolve.holds = true;
  room.submit("hf:org/b");
  const auto queued = room.submit("hf:org/c");
  CHECK(room.steer(queued.id, job_order::pause)->state == job_state::paused);
  CHECK(room.cancel(queued.id)->state == job_state::cancelled);
}

TEST_CASE("a pause that is taken back before it was reached leaves the job queued") {
  queue_room room;
  room.around.fetches = false;
  room.around.holds_release = true;
  const auto job = room.submit("hf:org/a");
  const auto pause = room.steer(job.id, job_order::pause);
  CHECK_FALSE(pause.here());
  CHECK(room.now(job.id).cause == "being paused");
  const auto resume = room.steer(job.id, job_order::resume);
  room.around.holds_release = false;
  room.world.pass(5s); // the shelf's limit
  REQUIRE(pause.here());
  CHECK(resume.here());
  CHECK(room.now(job.id).state == job_state::fetching);
}

TEST_CASE("a cancel overtakes a pause, and who waited for the pause hears of it") {
  queue_room room;
  room.around.fetches = false;
  room.around.holds_release = true;
  const auto job = room.submit("hf:org/a");
  const auto pause = room.steer(job.id, job_order::pause);
  room.cancel(job.id, true);
  CHECK(room.steer(job.id, job_order::pause).get().why().code == errc::conflict);
  room.around.holds_release = false;
  room.world.pass(10s);
  CHECK(pause->state == job_state::cancelled);
  CHECK(room.around.released.back().purge);
}

TEST_CASE("a job that ended cannot be paused, and only a failed or cancelled one be retried") {
  queue_room room;
  const auto done = room.submit("hf:org/a");
  REQUIRE(room.now(done.id).state == job_state::succeeded);
  for (const auto order : {job_order::pause, job_order::resume, job_order::retry})
    CHECK(room.steer(done.id, order).get().why().code == errc::conflict);
  room.around.fetches = false;
  const auto running = room.submit("hf:org/b");
  CHECK(room.steer(running.id, job_order::retry).get().why().code == errc::conflict);
  CHECK(room.steer(job_id{"none"}, job_order::retry).get().why().code == errc::not_found);
  CHECK(room.steer(job_id{"none"}, job_order::pause).get().why().code == errc::not_found);
}

TEST_CASE("a retried job runs again under its id, without its error") {
  queue_room room;
  room.around.resolve.failures = {fail(errc::not_found, "no such model")};
  const auto job = room.submit("hf:org/a");
  REQUIRE(room.now(job.id).state == job_state::failed);
  const auto again = room.steer(job.id, job_order::retry);
  CHECK(again->state == job_state::queued);
  CHECK_FALSE(again->error);
  const auto done = room.now(job.id);
  CHECK(done.state == job_state::succeeded);
  CHECK_FALSE(done.error);
  CHECK(done == room.kept(job.id));
  CHECK(room.around.narrator_of.said(job.id, "job-retried"));
}

TEST_CASE("one cancel for all: those that run, wait and queue") {
  queue_room room;
  room.around.fetches = false;
  const auto a = room.submit("hf:org/a");
  const auto b = room.submit("hf:org/b");
  const auto c = room.submit("hf:org/c");
  room.steer(c.id, job_order::pause);
  CHECK(room.world.ask<jobs_cancelled>(room.queue, cancel_jobs{})->count == 3);
  for (const auto& id : {a.id, b.id, c.id}) CHECK(room.now(id).state == job_state::cancelled);
  CHECK(room.jobs_alive() == 0);
  CHECK(room.world.ask<jobs_cancelled>(room.queue, cancel_jobs{})->count == 0);
}

TEST_CASE("a queued job says its place and why it waits, and can be moved") {
  queue_room room;
  room.around.resolve.holds = true;
  const auto a = room.submit("hf:org/a");
  const auto b = room.submit("hf:org/b");
  const auto c = room.submit("hf:org/c");
  CHECK(room.now(c.id).position == 2);
  CHECK(room.now(c.id).cause == "2 of 2 in line; the slot is taken");
  const auto moved = room.world.ask<job_record>(room.queue, change_job{c.id, {{}, {}, 1}});
  CHECK(moved->position == 1);
  CHECK(room.now(b.id).position == 2);
  CHECK(room.kept(c.id).rank);
  CHECK(room.around.narrator_of.said(c.id, "job-moved"));
  CHECK_FALSE(room.around.narrator_of.said(b.id, "job-moved"));
  const auto refused = room.world.ask<job_record>(room.queue, change_job{a.id, {{}, {}, 1}});
  CHECK(refused.get().why().code == errc::conflict);
  room.cancel(a.id);
  CHECK(room.now(c.id).state == job_state::resolving);
}

TEST_CASE("an order survives a restart") {
  auto older = job_record{};
  older.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAV"};
  older.asked = pull("hf:org/a");
  auto newer = older;
  newer.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAW"};
  newer.rank = -1;
  auto paused = older;
  paused.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAX"};
  paused.state = job_state::paused;
  queue_room room{1, {older, newer, paused}};
  const auto& told = room.around.narrator_of.told;
  std::vector<job_id> started;
  for (const auto& m : told)
    if (m.what.action == "job-started") started.push_back(m.what.job);
  CHECK(started == std::vector{newer.id, older.id});
  CHECK(room.now(paused.id).state == job_state::paused);
}

TEST_CASE("an origin does not take every slot while another has jobs waiting, moved ones aside") {
  queue_room room{2};
  room.around.resolve.holds = true;
  const auto a = room.submit("hf:org/a");
  const auto b = room.submit("hf:org/b");
  const auto c = room.submit("hf:org/c");
  const auto d = room.submit("https://example.org/d.gguf#sha256=" + std::string(64, 'a'));
  room.cancel(a.id);
  CHECK(room.now(d.id).state == job_state::resolving);
  CHECK(room.now(c.id).state == job_state::queued);
  const auto e = room.submit("https://example.org/e.gguf#sha256=" + std::string(64, 'b'));
  const auto f = room.submit("hf:org/f");
  room.world.ask<job_record>(room.queue, change_job{f.id, {{}, {}, 1}});
  room.cancel(d.id);
  CHECK(room.now(f.id).state == job_state::resolving);
  CHECK(room.now(b.id).state == job_state::resolving);
  CHECK(room.now(e.id).state == job_state::queued);
}

TEST_CASE("many jobs of before start a few at a time") {
  std::vector<job_record> before;
  for (int i = 0; i < 20; ++i) {
    job_record job;
    job.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5F" + std::to_string(10 + i)};
    job.asked = pull("hf:org/a" + std::to_string(i));
    job.state = job_state::fetching;
    before.push_back(job);
  }
  queue_room room{64, before};
  CHECK(room.around.find.asked == 20); // these ended at once, one after the other
  queue_room slow{64, before, true};
  CHECK(slow.around.resolve.asked == 4);
  slow.world.pass(250ms);
  CHECK(slow.around.resolve.asked == 8);
  for (int i = 0; i < 3; ++i) slow.world.pass(250ms);
  CHECK(slow.around.resolve.asked == 20);
}

} // namespace
} // namespace hive::actors
