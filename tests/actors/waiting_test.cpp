#include "tests/actors/queue_room.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

const failure no_space = fail(errc::disk_full, "cannot write: No space left on device");

/// Every plan has one file of 1000 bytes unless told otherwise.
struct waiting_room : queue_room {
  explicit waiting_room(std::size_t max_jobs, std::vector<job_record> before = {})
    : queue_room(max_jobs, std::move(before), false, 3) {}

  job_id submit(job_request asked) { return queue_room::submit(std::move(asked)).id; }
  job_id submit(const std::string& what) { return submit(pull(what)); }
  job_state state(const job_id& id) { return now(id).state; }
  std::size_t in_state(const std::vector<job_id>& ids, job_state wanted) {
    return static_cast<std::size_t>(
        std::ranges::count_if(ids, [&](const job_id& id) { return state(id) == wanted; }));
  }
  /// One second after the other, so that whoever wakes lets others wake.
  void pass_seconds(int seconds) {
    for (int i = 0; i < seconds; ++i) world.pass(1s);
  }
};

TEST_CASE("a plan that does not fit waits, says what it needs, and goes on when there is room") {
  waiting_room room{4};
  room.around.room.free = 400;
  const auto id = room.submit("hf:org/a");
  const auto waiting = room.now(id);
  CHECK(waiting.state == job_state::waiting);
  CHECK(waiting.cause == "disk needs 600 B more on /models: 1.00 kB are to come, 400 B are free");
  CHECK_FALSE(waiting.until);
  CHECK(room.around.narrator_of.said(id, "waits-for-room"));
  CHECK(room.around.ledger_of.jobs.at(id).state == job_state::waiting);
  CHECK(room.around.fetch_asked.empty());
  CHECK(room.world.people().count("job") == 0);

  room.around.room.free = 500;
  room.world.pass(2s);
  CHECK(room.now(id).cause == "disk needs 500 B more on /models: 1.00 kB are to come, 500 B are "
                              "free");
  CHECK(room.around.resolve.asked == 1);
  room.around.room.free = 1000;
  room.world.pass(2s);
  CHECK(room.state(id) == job_state::succeeded);
  CHECK(room.around.resolve.asked == 2);
  CHECK(room.around.narrator_of.said(id, "room-found"));
  const auto looks = room.around.room_asked;
  room.pass_seconds(10);
  CHECK(room.around.room_asked == looks); // nobody waits: nobody looks
}

TEST_CASE("who waits for room leaves its slot to those that fit") {
  waiting_room room{1};
  room.around.room.free = 400;
  const auto big = room.submit("hf:org/big");
  REQUIRE(room.state(big) == job_state::waiting);
  room.around.present.emplace(); // needs no room
  const auto small = room.submit("hf:org/small");
  CHECK(room.state(small) == job_state::succeeded);
  CHECK(room.state(big) == job_state::waiting);
}

TEST_CASE("jobs whose disk fills up at the same instant all wait, and go on as they fit") {
  waiting_room room{4};
  room.around.fetch_failures = {no_space, no_space, no_space};
  std::vector<job_id> ids;
  for (const auto* name : {"hf:org/a", "hf:org/b", "hf:org/c"}) ids.push_back(room.submit(name));
  CHECK(room.in_state(ids, job_state::waiting) == 3);
  CHECK(room.now(ids[0]).cause == "file-0.bin: cannot write: No space left on device");
  CHECK(room.around.released.size() == 3); // closed, and kept
  CHECK_FALSE(room.around.released[0].purge);

  room.around.room.free = 0;
  room.pass_seconds(60);
  CHECK(room.in_state(ids, job_state::waiting) == 3);
  CHECK(room.around.resolve.asked == 3);
  CHECK(room.now(ids[2]).cause.starts_with("disk needs 1.00 kB more"));

  room.around.room.free = 2000; // for two of them
  room.around.fetches = false;
  room.world.pass(2s);
  CHECK(room.state(ids[0]) == job_state::fetching);
  CHECK(room.state(ids[1]) == job_state::fetching);
  CHECK(room.state(ids[2]) == job_state::waiting);
}

TEST_CASE("room that was given counts until it is taken, also without a free slot") {
  waiting_room room{1};
  room.around.room.free = 400;
  const auto a = room.submit("hf:org/a");
  const auto b = room.submit("hf:org/b");
  room.around.resolve.holds = true;
  const auto busy = room.submit("hf:org/busy");
  REQUIRE(room.state(busy) == job_state::resolving);
  room.around.room.free = 1000;
  room.pass_seconds(10);
  CHECK(room.state(a) == job_state::queued);
  CHECK(room.state(b) == job_state::waiting);
  room.cancel(a, false);
  room.pass_seconds(2);
  CHECK(room.state(b) == job_state::queued);
}

TEST_CASE("a disk that is full although there seems to be room is asked again, ever more rarely") {
  waiting_room room{4};
  for (int i = 0; i < 10'000; ++i) room.around.fetch_failures.push_back(no_space);
  const auto id = room.submit("hf:org/a");
  CHECK(room.around.resolve.asked == 1);
  for (int i = 0; i < 600; ++i) room.world.pass(1s);
  CHECK(room.state(id) == job_state::waiting); // want of room never fails a job
  CHECK(room.around.resolve.asked > 5);
  CHECK(room.around.resolve.asked < 80);
}

TEST_CASE("a cancel ends a job that waits at once; with purge what it began goes first") {
  const bool purge = GENERATE(false, true);
  CAPTURE(purge);
  waiting_room room{4};
  room.around.room.free = 400;
  const auto id = room.submit("hf:org/a");
  REQUIRE(room.state(id) == job_state::waiting);
  room.around.released.clear();
  const auto reply = room.cancel(id, purge);
  CHECK(reply->state == job_state::cancelled);
  CHECK(room.around.ledger_of.jobs.at(id).contents.empty());
  REQUIRE(room.around.released.size() == (purge ? 1U : 0U));
  if (purge) {
    CHECK(room.around.released[0].purge);
    CHECK(room.around.released[0].keys ==
          std::vector<std::string>{content_key(plan_of(named("hf:org/a")).files[0])});
  }
  room.around.room.free = 1000;
  room.pass_seconds(10);
  CHECK(room.around.resolve.asked == 1);
}

TEST_CASE("a queued job of before a restart is purged of what it had begun") {
  job_record running;
  running.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAV"};
  running.asked = pull("hf:org/a");
  running.state = job_state::fetching;
  auto queued = running;
  queued.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAW"};
  queued.contents = {{"sha256:" + sha256_hex("x"), 1000}};
  waiting_room room{0, {running, queued}};
  REQUIRE(room.state(queued.id) == job_state::queued);
  room.cancel(queued.id, true);
  REQUIRE(room.around.released.size() == 1);
  CHECK(room.around.released[0].purge);
  CHECK(room.around.released[0].keys == std::vector<std::string>{queued.contents[0].key});
  room.cancel(running.id, true); // it had begun nothing
  CHECK(room.around.released.size() == 1);
  CHECK(room.state(running.id) == job_state::cancelled);
}

TEST_CASE("a job that waited before a restart looks again for itself") {
  job_record before;
  before.id = job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAV"};
  before.asked = pull("hf:org/a");
  before.state = job_state::waiting;
  before.cause = "disk needs 5 GB more";
  waiting_room room{1, {before}};
  CHECK(room.state(before.id) == job_state::succeeded);
}

TEST_CASE("a short wait keeps its slot, a long one leaves it and is admitted again in order") {
  const auto wait = GENERATE(3s, 60s);
  CAPTURE(wait.count());
  waiting_room room{1};
  room.around.resolve.failures = {failure{errc::rate_limited, "slow down", "", wait}};
  const auto first = room.submit("hf:org/a");
  REQUIRE(room.state(first) == job_state::waiting);
  room.around.fetches = false;
  const auto second = room.submit("hf:org/b");
  const bool is_short = wait == 3s;
  CHECK(room.state(second) == (is_short ? job_state::queued : job_state::fetching));
  const auto third = room.submit("hf:org/c");
  room.pass_seconds(static_cast<int>(wait.count()) + 1);
  if (is_short) {
    CHECK(room.state(first) == job_state::fetching);
    return;
  }
  CHECK(room.state(first) == job_state::queued);
  room.cancel(second, false);
  CHECK(room.state(first) == job_state::fetching); // older than the third
  CHECK(room.state(third) == job_state::queued);
}

TEST_CASE("a cancel in a short wait frees the slot") {
  waiting_room room{1};
  room.around.resolve.failures = {failure{errc::rate_limited, "slow down", "", 3s}};
  const auto first = room.submit("hf:org/a");
  REQUIRE(room.state(first) == job_state::waiting);
  const auto second = room.submit("hf:org/b");
  REQUIRE(room.state(second) == job_state::queued);
  room.cancel(first, false);
  CHECK(room.state(second) == job_state::succeeded);
  room.pass_seconds(5);
  CHECK(room.state(first) == job_state::cancelled);
}

TEST_CASE("a disk that fails, or cannot be written, is tried again a bounded number of times, then "
          "the job says what to do") {
  const auto code = GENERATE(errc::disk_failed, errc::home_unwritable);
  CAPTURE(to_string(code));
  waiting_room room{1};
  room.around.fetches = false;
  const auto id = room.submit("hf:org/a");
  for (const auto* detail : {"cannot make durable", "once more", "to the end"}) {
    REQUIRE(room.state(id) == job_state::fetching);
    const auto reader = room.around.fetch_asked.back().reader;
    // What came but could not be written does not refill the budget.
    room.world.tell(reader, file_progressed{"file-0.bin", {{500, 0, 0, 0}, 1000, 1, "fetching"}});
    room.world.tell(reader, file_failed{"file-0.bin", fail(code, detail, "look at the disk")});
    if (room.state(id) != job_state::waiting) break;
    CHECK(room.now(id).until);
    CHECK(room.now(id).cause == std::string{"file-0.bin: "} + detail + "; look at the disk");
    room.world.pass(1s);
  }
  const auto done = room.now(id);
  CHECK(done.state == job_state::failed);
  CHECK(room.around.fetch_asked.size() == 3);
  REQUIRE(done.error);
  CHECK(*done.error == fail(code, "file-0.bin: to the end", "look at the disk"));
  CHECK(std::ranges::none_of(room.around.released, &release_contents::purge)); // what came is kept
}

TEST_CASE("a full disk at the commit or in the database waits as well") {
  waiting_room room{1};
  room.around.admit.failures = {fail(errc::disk_full, "hive.db: database or disk is full")};
  const auto id = room.submit("hf:org/a");
  CHECK(room.state(id) == job_state::waiting);
  CHECK(room.now(id).cause == "hive.db: database or disk is full");
  room.pass_seconds(10);
  CHECK(room.state(id) == job_state::succeeded);
}

} // namespace
} // namespace hive::actors
