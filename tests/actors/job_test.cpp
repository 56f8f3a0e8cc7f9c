#include "actors/job.hpp"
#include "tests/actors/queue_room.hpp"

namespace hive::actors {
namespace {

/// One job under a real queue.
struct job_bench : queue_room {
  job_bench() : queue_room(4) {}
  job_id submit(job_request asked) { return queue_room::submit(std::move(asked)).id; }
  job_id submit(const std::string& what) { return submit(pull(what)); }
};

TEST_CASE("what is present needs no vendor") {
  job_bench b;
  b.around.present.emplace();
  b.around.present->id = artifact_id{"0123456789abcdef"};
  b.around.present->files = {{"a.bin", sha256_hex("a"), 500, {}}};
  const auto id = b.submit("hf:org/a");
  CHECK(b.now(id).state == job_state::succeeded);
  CHECK(b.now(id).artifact.value == "0123456789abcdef");
  CHECK(b.now(id).progress.counts.durable == 500);
  CHECK(b.around.resolve.asked == 0);
  CHECK(b.around.narrator_of.said(id, "already-here"));

  SECTION("unless an update is asked for") {
    auto asked = pull("hf:org/a");
    asked.update = true;
    b.submit(asked);
    CHECK(b.around.resolve.asked == 1);
  }
}

TEST_CASE("weights are begun when the configuration before them is here") {
  job_bench b;
  b.around.fetches = false;
  b.around.plan = plan_of(named("hf:org/a"), 4);
  for (std::size_t i = 0; const auto* path : {"config.json", "tokenizer.json", "a.gguf", "b.gguf"})
    b.around.plan->files[i++].path = path;
  const auto id = b.submit("hf:org/a");
  const auto arrive = [&](const plan_file& file) {
    b.world.tell(b.around.fetch_asked.front().reader,
                 file_fetched{file.path, {file.expected->hex, *file.size, 0}});
  };
  CHECK(b.around.fetch_asked.size() == 2);
  arrive(b.around.plan->files[0]);
  CHECK(b.around.fetch_asked.size() == 2);
  arrive(b.around.plan->files[1]);
  CHECK(b.around.fetch_asked.size() == 4);
  arrive(b.around.plan->files[2]);
  arrive(b.around.plan->files[3]);
  CHECK(b.now(id).state == job_state::succeeded);
}

TEST_CASE("a cancel ends a job in whatever state it is") {
  job_bench b;
  const bool purge = GENERATE(false, true);
  const auto held = GENERATE(std::string{"looking"}, "resolving", "checking", "fetching",
                             "committing", "waiting");
  CAPTURE(held, purge);
  b.around.find.holds = held == "looking";
  b.around.resolve.holds = held == "resolving";
  b.around.check.holds = held == "checking";
  b.around.fetches = held != "fetching";
  b.around.admit.holds = held == "committing";
  if (held == "waiting") b.around.fetch_failures = {fail(errc::connection_cut, "cut")};

  const auto id = b.submit("hf:org/a");
  const auto running = b.now(id);
  REQUIRE(is_running(running.state));
  b.cancel(id, purge);
  const auto done = b.now(id);
  CHECK(done.state == job_state::cancelled);
  CHECK(done.finished);
  CHECK(b.jobs_alive() == 0);
  CHECK(b.around.ledger_of.jobs.at(id).state == job_state::cancelled);
  CHECK(b.around.narrator_of.actions(id).back() == "job-cancelled");

  const bool planned =
      held == "checking" || held == "fetching" || held == "committing" || held == "waiting";
  // A job that waits has closed its contents already; a purge asks for them once more.
  const bool twice = held == "waiting" && purge;
  REQUIRE(b.around.released.size() == (twice ? 2U : planned ? 1U : 0U));
  if (planned) {
    CHECK(b.around.released.back().purge == purge);
    CHECK(b.around.released.back().keys ==
          std::vector<std::string>{content_key(plan_of(named("hf:org/a")).files[0])});
  }
  b.cancel(id, purge); // once more does no harm
  CHECK(b.now(id).state == job_state::cancelled);
}

TEST_CASE("the record of a cancelled job says what is kept") {
  job_bench b;
  b.around.fetches = false;
  b.around.kept = 640;
  const auto id = b.submit("hf:org/a");
  b.cancel(id, false);
  CHECK(b.now(id).progress.counts.durable == 640);
  CHECK(b.around.ledger_of.jobs.at(id).progress.counts.durable == 640);
}

TEST_CASE("bytes that were here before do not count for the rate") {
  job_bench b;
  b.around.fetches = false;
  const auto id = b.submit("hf:org/a");
  const auto reader = b.around.fetch_asked.front().reader;
  const auto at = [&](std::uint64_t received, std::uint64_t durable) {
    b.world.pass(1s);
    b.world.tell(reader,
                 file_progressed{"file-0.bin", {{received, durable, 0, 0}, 1000, 1, "fetching"}});
    b.world.pass(1s);
    return b.now(id).progress.rate;
  };
  CHECK(at(600, 600) == 0);
  CHECK(at(700, 600) == 25); // a hundred bytes in four seconds
}

TEST_CASE("a queued job is cancelled at once") {
  job_bench b;
  b.around.resolve.holds = true;
  for (int i = 0; i < 4; ++i) b.submit("hf:org/a");
  const auto id = b.submit("hf:org/b");
  REQUIRE(b.now(id).state == job_state::queued);
  const auto reply = b.world.ask<job_record>(b.queue, cancel_job{id, false});
  CHECK(reply->state == job_state::cancelled);
  CHECK(b.around.ledger_of.jobs.at(id).state == job_state::cancelled);
}

TEST_CASE("success that was settled before the cancel came stays a success") {
  job_bench b;
  b.around.admit.holds = true;
  const auto id = b.submit("hf:org/a");
  REQUIRE(b.now(id).state == job_state::committing);
  // The cancel is in the job's mailbox behind the catalog's answer.
  b.world.perform_as(b.around.catalog, [&](auto*) {
    b.around.admit.held.front().deliver(store::artifact{});
    post(b.queue, cancel_job{id, true});
  });
  CHECK(b.now(id).state == job_state::succeeded);
}

TEST_CASE("an answer that comes after the cancel changes nothing") {
  job_bench b;
  b.around.resolve.holds = true;
  const auto id = b.submit("hf:org/a");
  // In the job's mailbox the order to stop is ahead of the plan, the heartbeat's end behind it.
  b.world.perform_as(b.around.desk, [&](auto*) {
    auto& promise = b.around.resolve.held.front();
    order_stop(caf::actor_cast<caf::actor>(promise.source()), stop_reason::cancel_keep);
    promise.deliver(plan_resolved{plan_of(named("hf:org/a")), {}});
    post(b.queue, cancel_job{id, false});
  });
  CHECK(b.now(id).state == job_state::cancelled);
  CHECK(b.around.check.asked == 0);
  CHECK(b.around.fetch_asked.empty());
  CHECK(b.jobs_alive() == 0);
}

TEST_CASE("a stumble waits its time, then starts from the vendor again") {
  job_bench b;
  b.around.resolve.failures = {failure{errc::rate_limited, "slow down", "", 3s}};
  const auto id = b.submit("hf:org/a");
  const auto waiting = b.now(id);
  CHECK(waiting.state == job_state::waiting);
  CHECK(waiting.cause.find("slow down") != std::string::npos);
  CHECK(waiting.until);
  CHECK(b.around.resolve.asked == 1);
  b.world.pass(2999ms);
  CHECK(b.around.resolve.asked == 1);
  CHECK(b.now(id).state == job_state::waiting);
  b.world.pass(1001ms); // the server's word and at most a second of jitter
  CHECK(b.around.resolve.asked == 2);
  CHECK(b.now(id).state == job_state::succeeded);
  CHECK(b.now(id).cause.empty());
}

TEST_CASE("retries end when the budget is spent, and the last reason is told") {
  job_bench b;
  for (int i = 0; i < 10; ++i) b.around.fetch_failures.push_back(fail(errc::connection_cut, "cut"));
  const auto id = b.submit("hf:org/a");
  for (int i = 0; i < 10; ++i) b.world.pass(1s);
  const auto done = b.now(id);
  CHECK(done.state == job_state::failed);
  REQUIRE(done.error);
  CHECK(done.error->code == errc::connection_cut);
  CHECK(done.error->detail == "file-0.bin: cut");
  CHECK(b.around.fetch_asked.size() < 10);
  CHECK(b.jobs_alive() == 0);
}

TEST_CASE("a failure that no retry mends ends the job at once") {
  job_bench b;
  b.around.resolve.failures = {fail(errc::gated, "ask for access first")};
  const auto id = b.submit("hf:org/a");
  CHECK(b.now(id).state == job_state::failed);
  CHECK(b.now(id).error->code == errc::gated);
  CHECK(b.around.resolve.asked == 1);
}

TEST_CASE("a part that crashes fails its job with the reason, and nothing else") {
  job_bench b;
  b.around.fetches = false;
  const auto id = b.submit("hf:org/a");
  const auto other = b.submit("hf:org/b");
  REQUIRE(b.around.fetch_asked.size() == 2);
  order_stop(b.around.fetch_asked.front().reader,
             as_error(fail(errc::actor_failed, "the download threw: boom")));
  b.world.settle();
  const auto done = b.now(id);
  CHECK(done.state == job_state::failed);
  REQUIRE(done.error);
  CHECK(done.error->code == errc::actor_failed);
  CHECK(done.error->detail.find("boom") != std::string::npos);
  CHECK(b.now(other).state == job_state::fetching);
  CHECK(b.world.people().count("queue") == 1);
}

TEST_CASE("files are asked for a few at a time, in the plan's order") {
  job_bench b;
  b.around.files = 9;
  b.around.fetches = false;
  b.submit("hf:org/a");
  REQUIRE(b.around.fetch_asked.size() == 4);
  const auto first = b.around.fetch_asked.front();
  CHECK(first.file.path == "file-0.bin");
  b.world.tell(first.reader, file_fetched{first.file.path, {first.file.expected->hex, 1000, 0}});
  REQUIRE(b.around.fetch_asked.size() == 5);
  CHECK(b.around.fetch_asked.back().file.path == "file-4.bin");
}

TEST_CASE("progress is told once a second and never goes back") {
  job_bench b;
  b.around.fetches = false;
  const auto id = b.submit("hf:org/a");
  const auto reader = b.around.fetch_asked.front().reader;
  const auto at = [&](std::uint64_t received, std::uint64_t durable) {
    b.world.tell(reader, file_progressed{"file-0.bin",
                                         {{received, durable, durable, 0}, 1000, 1, "fetching"}});
    b.world.pass(1s);
    return b.now(id).progress;
  };
  CHECK(at(400, 300).counts == byte_counts{400, 300, 300, 0});
  const auto before = b.around.narrator_of.actions(id, true).size();
  b.world.pass(1s);
  CHECK(b.around.narrator_of.actions(id, true).size() == before + 1);
  CHECK(at(600, 500).rate > 0);
  CHECK(at(200, 100).counts == byte_counts{600, 500, 500, 0}); // a restart of the file
  CHECK(at(900, 800).counts.durable == 800);
  CHECK(at(900, 800).total == 1000);
}

TEST_CASE("a job that gets no bytes says so, and says when they flow again") {
  job_bench b;
  b.around.fetches = false;
  const auto id = b.submit("hf:org/a");
  const auto reader = b.around.fetch_asked.front().reader;
  b.world.tell(reader, file_progressed{"file-0.bin", {{400, 300, 300, 0}, 1000, 1, "fetching"}});
  for (int i = 0; i < 9; ++i) b.world.pass(1s);
  CHECK_FALSE(b.around.narrator_of.said(id, "stalled"));
  for (int i = 0; i < 4; ++i) b.world.pass(1s);
  CHECK(b.around.narrator_of.said(id, "stalled"));
  CHECK_FALSE(b.around.narrator_of.said(id, "alert-on"));
  for (int i = 0; i < 20; ++i) b.world.pass(1s);
  CHECK(b.around.narrator_of.said(id, "alert-on"));
  CHECK_FALSE(b.around.narrator_of.said(id, "alert-off"));
  b.world.tell(reader, file_progressed{"file-0.bin", {{500, 300, 300, 0}, 1000, 1, "fetching"}});
  b.world.pass(1s);
  CHECK(b.around.narrator_of.said(id, "moving-again"));
  CHECK(b.around.narrator_of.said(id, "alert-off"));
}

/// The value of a field of the last progress that was told.
std::string last_progress(const job_bench& b, const std::string& field) {
  std::string value;
  for (const auto& m : b.around.narrator_of.told) {
    if (m.kind != event_kind::progress) continue;
    value.clear();
    for (const auto& [key, text] : m.what.fields)
      if (key == field) value = text;
  }
  return value;
}

TEST_CASE(
    "a running job is never silent for two seconds, whatever it waits for, and says for whom") {
  struct row {
    std::string held;
    std::string phase;
    std::string cause;
  };
  const auto at =
      GENERATE(values<row>({{"looking", "resolving", "waiting for the catalog for 14 s"},
                            {"resolving", "resolving", "waiting for the vendor for 14 s"},
                            {"checking", "resolving", "waiting for the catalog for 14 s"},
                            {"fetching", "fetching", "no byte for 14 s while fetching"},
                            {"committing", "committing", "waiting for the catalog for 14 s"}}));
  CAPTURE(at.held);
  job_bench b;
  b.around.find.holds = at.held == "looking";
  b.around.resolve.holds = at.held == "resolving";
  b.around.check.holds = at.held == "checking";
  b.around.fetches = at.held != "fetching";
  b.around.admit.holds = at.held == "committing";
  const auto id = b.submit("hf:org/a");
  REQUIRE(is_running(b.now(id).state));
  for (int second = 0; second < 14; ++second) {
    const auto before = b.around.narrator_of.actions(id, true).size();
    b.world.pass(1s);
    CHECK(b.around.narrator_of.actions(id, true).size() > before);
  }
  CHECK(last_progress(b, "phase") == at.phase);
  const bool planned = at.held == "fetching" || at.held == "committing";
  CHECK(b.now(id).progress.total.has_value() == planned);
  CHECK(last_progress(b, "cause") == at.cause);
  CHECK(b.around.narrator_of.said(id, "stalled"));
}

TEST_CASE("a job whose vendor is asked says which host is waited for, since the last question") {
  job_bench b;
  b.around.resolve.holds = true;
  const auto id = b.submit("hf:org/a");
  for (int i = 0; i < 8; ++i) b.world.pass(1s);
  const auto job = b.one("job");
  caf::anon_send(job, host_asked{"hub.example"});
  for (int i = 0; i < 3; ++i) b.world.pass(1s);
  CHECK(last_progress(b, "cause") == "waiting for hub.example for 3 s");
}

TEST_CASE("what holds up every transfer is the cause of a job's silence, and no cause of anything "
          "while bytes come") {
  job_bench b;
  b.around.fetches = false;
  b.held_up = "the disk has not finished a write for 7 s";
  const auto id = b.submit("hf:org/a");
  const auto reader = b.around.fetch_asked.front().reader;
  b.world.pass(1s);
  CHECK(last_progress(b, "cause").empty());
  for (int i = 0; i < 11; ++i) b.world.pass(1s);
  CHECK(last_progress(b, "cause") == b.held_up);
  CHECK(b.around.narrator_of.said(id, "stalled"));
  b.world.tell(reader, file_progressed{"file-0.bin", {{400, 300, 300, 0}, 1000, 1, "fetching"}});
  b.world.pass(1s);
  CHECK(last_progress(b, "cause").empty());
  CHECK(b.around.narrator_of.said(id, "moving-again"));
}

TEST_CASE("an import is catalogued under the name it was given") {
  job_bench b;
  job_request asked;
  asked.kind = job_kind::import;
  asked.what = named("file:/models/a");
  asked.import_as = "hf:org/a@v1";
  const auto id = b.submit(asked);
  const auto done = b.now(id);
  CHECK(done.state == job_state::succeeded);
  auto plan = plan_of(named("file:/models/a"));
  plan.what = named("hf:org/a@v1");
  CHECK(done.artifact.value == artifact_key(plan));
  CHECK(b.around.find.asked == 0);
}

TEST_CASE("a local file that is here in its present state is not fetched again, else it is") {
  job_bench b;
  b.around.present.emplace();
  b.around.present->id.value = "abc";
  CHECK(b.now(b.submit("file:/models/a")).artifact.value == "abc");
  CHECK(b.around.resolved.size() == 1);
  CHECK(b.around.fetch_asked.empty());
  CHECK(b.around.find.asked == 0);
  b.around.present->damaged = {"a"};
  CHECK(b.now(b.submit("file:/models/a")).state == job_state::succeeded);
  CHECK(b.around.fetch_asked.size() == 1);
}

TEST_CASE("an import into a Hub's repository is asked for by the branch it stands for") {
  job_bench b;
  const auto requested = [&](const std::string& as) {
    job_request asked;
    asked.kind = job_kind::import;
    asked.what = named("file:/models/a");
    asked.import_as = as;
    b.submit(asked);
    return b.around.admitted.back().plan.requested;
  };
  CHECK(requested("hf:org/a") == "main");
  CHECK(requested("hf:org/a@v1") == "v1");
  CHECK(requested("hf:org/a@" + std::string(40, 'c')).empty());
}

} // namespace
} // namespace hive::actors
