#include "core/store/database.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <thread>

#include <sqlite3.h>
#include <sys/stat.h>

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<database> open_database(const std::filesystem::path& file) {
  auto got = database::open(file);
  if (!got) FAIL(got.why().detail);
  return std::move(*got);
}

wall_time at(std::int64_t milliseconds) {
  return wall_time{std::chrono::milliseconds{milliseconds}};
}

job_progress full_progress() {
  job_progress p;
  p.counts = {10, 9, 8, 7};
  p.total = 1ull << 60;
  p.rate = 123'456'789;
  p.eta = 3601s;
  p.files = {{"a/b.gguf", {1, 2, 3, 4}, 5}, {"ünï.bin", {0, 0, 0, 0}, std::nullopt}};
  return p;
}

/// Every field away from its default.
job_record full_job(const std::string& id) {
  job_record job;
  job.id.value = id;
  job.asked = {job_kind::import,
               parsed("hf:datasets/org/repo@refs/pr/1"),
               {"*.gguf", "x"},
               {"\"quoted\"\n"},
               -3,
               18'000'000'000'000'000'000u,
               true,
               "hf:org/other",
               "key-" + id};
  job.asked.correlation = "trace " + id;
  job.state = job_state::waiting;
  job.cause = "the vendor is busy";
  job.until = at(1'700'000'000'123);
  job.progress = full_progress();
  job.error = failure{errc::rate_limited, "429 of somewhere", "wait", 37s};
  job.artifact.value = "0123456789abcdef";
  job.revision = std::string(40, 'c');
  job.contents = {{"sha256:" + std::string(64, 'd'), 18'000'000'000'000'000'000u}, {"url:x", 0}};
  job.created = at(1'700'000'000'000);
  job.started = at(1'700'000'000'001);
  job.finished = at(1'700'000'000'002);
  return job;
}

job_record plain_job(const std::string& id, job_state state = job_state::queued) {
  job_record job;
  job.id.value = id;
  job.asked.what = parsed("hf:org/repo");
  job.state = state;
  job.created = at(1);
  return job;
}

artifact sample(const std::string& id, std::int64_t created, std::vector<artifact_file> files) {
  return {artifact_id{id},      parsed("hf:org/repo@v1:Q4_K_M"),
          std::string(40, 'e'), "v1",
          std::move(files),     at(created),
          at(created + 5)};
}

const std::string sha_a(64, 'a');
const std::string sha_b(64, 'b');
const std::string sha_c(64, 'c');

template <class T>
std::vector<std::string> ids(const std::vector<T>& items) {
  std::vector<std::string> found;
  for (const auto& item : items) found.push_back(item.id.value);
  return found;
}

using names = std::vector<std::string>;

void run_sql(const std::filesystem::path& file, const char* text) {
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw, text, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
}

} // namespace

TEST_CASE("every field of a job survives a restart") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  const auto job = full_job("01A");
  const auto bare = plain_job("01B");
  {
    auto db = open_database(file);
    REQUIRE(db->put_job(plain_job("01A")));
    REQUIRE(db->put_job(job));
    REQUIRE(db->put_job(bare));
  }
  auto db = open_database(file);
  CHECK(db->job(job.id).value() == job);
  CHECK(db->job(bare.id).value() == bare);
  CHECK(db->job(job_id{"01Z"}).value() == std::nullopt);
  CHECK(db->job_by_key("key-01A").value() == job);
  CHECK(db->job_by_key("key").value() == std::nullopt);
  CHECK(db->job_by_key("").value() == std::nullopt);
}

TEST_CASE("every state of a job survives, and those not ended are found again in order") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  for (int state = 8; state >= 0; --state)
    REQUIRE(db->put_job(plain_job("0" + std::to_string(state), static_cast<job_state>(state))));
  for (int state = 0; state <= 8; ++state)
    CHECK(db->job(job_id{"0" + std::to_string(state)}).value()->state ==
          static_cast<job_state>(state));
  const auto left = db->unfinished_jobs().value();
  CHECK(ids(left) == names{"00", "01", "02", "03", "04", "05"});
  for (const auto& job : left) CHECK_FALSE(is_terminal(job.state));
}

TEST_CASE("an idempotency key belongs to one job") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  auto first = plain_job("01");
  auto second = plain_job("02");
  first.asked.idempotency_key = second.asked.idempotency_key = "same";
  REQUIRE(db->put_job(first));
  const auto put = db->put_job(second);
  REQUIRE_FALSE(put);
  CHECK(put.why().code == errc::conflict);
  CHECK(db->put_job(first));
}

TEST_CASE("secrets in errors and causes do not reach the database") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  auto job = full_job("01");
  job.error->detail = "GET refused: Authorization: Bearer hf_abcdefghijklmnopqrstuvwxyz012345";
  job.cause = "token hf_abcdefghijklmnopqrstuvwxyz012345 was refused";
  REQUIRE(db->put_job(job));
  const auto read = db->job(job.id).value();
  CHECK(read->error->detail.find("hf_abc") == std::string::npos);
  CHECK(read->cause.find("hf_abc") == std::string::npos);
}

TEST_CASE("a job whose error quotes bytes that are no text can be read again") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  auto job = plain_job("01", job_state::waiting);
  job.error = fail(errc::unreadable_reply, "the reply began with \xff\xfe\x80");
  REQUIRE(db->put_job(job));
  const auto read = db->unfinished_jobs();
  REQUIRE(read);
  CHECK(read->front().error->detail.starts_with("the reply began with "));
}

TEST_CASE("jobs are listed newest first in pages") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  for (const auto* id : {"03", "01", "05", "02", "04"}) REQUIRE(db->put_job(plain_job(id)));
  auto one = db->jobs(2, "").value();
  CHECK(ids(one.items) == names{"05", "04"});
  auto two = db->jobs(2, one.next).value();
  CHECK(ids(two.items) == names{"03", "02"});
  auto three = db->jobs(2, two.next).value();
  CHECK(ids(three.items) == names{"01"});
  CHECK(three.next.empty());
  CHECK(db->jobs(5, "").value().next.empty());
  CHECK(db->jobs(0, "").value().items.empty());
}

TEST_CASE("pruning keeps the newest finished jobs, and everything unfinished") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  for (int i = 1; i <= 4; ++i) {
    auto job = plain_job("0" + std::to_string(i), job_state::failed);
    job.finished = at(i == 1 ? 100 : i); // the oldest job ended last
    REQUIRE(db->put_job(job));
    event e;
    e.seq = 1;
    e.what.job = job.id;
    REQUIRE(db->put_history(job.id, {std::make_shared<event>(e)}));
  }
  REQUIRE(db->put_job(plain_job("00")));
  REQUIRE(db->prune_jobs(2, at(0)));
  CHECK(ids(db->jobs(9, "").value().items) == names{"04", "01", "00"});
  CHECK(db->history(job_id{"02"}).value().empty());
  CHECK(db->history(job_id{"04"}).value().size() == 1);
}

TEST_CASE("pruning forgets what ended too long ago, and nothing that has not ended") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  REQUIRE(db->put_job(plain_job("00")));
  for (int i = 1; i <= 4; ++i) {
    auto job = plain_job("0" + std::to_string(i), job_state::succeeded);
    job.finished = at(100 * i);
    REQUIRE(db->put_job(job));
  }
  REQUIRE(db->prune_jobs(3, at(300)));
  CHECK(ids(db->jobs(9, "").value().items) == names{"04", "03", "00"});
}

TEST_CASE("every field of a history survives") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  REQUIRE(db->put_job(plain_job("01")));
  const fact what{job_id{"01"},
                  "transfer",
                  "will-retry",
                  level::warning,
                  "busy; again in 500 ms",
                  {{"code", "timed_out"}, {"code", "twice"}},
                  "trace-7"};
  std::vector<event_ptr> events;
  for (const auto kind :
       {event_kind::state, event_kind::progress, event_kind::narration, event_kind::end}) {
    event e{events.size() + 7, at(1'700'000'000'999), kind, what, {}, {}};
    if (kind == event_kind::state) e.state = job_state::cancelled;
    if (kind == event_kind::progress) e.progress = full_progress();
    events.push_back(std::make_shared<const event>(e));
  }
  REQUIRE(db->put_history(job_id{"01"}, {events.back()}));
  REQUIRE(db->put_history(job_id{"01"}, events));
  const auto read = db->history(job_id{"01"}).value();
  REQUIRE(read.size() == events.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    CHECK(read[i]->seq == events[i]->seq);
    CHECK(read[i]->time == events[i]->time);
    CHECK(read[i]->kind == events[i]->kind);
    CHECK(read[i]->what == events[i]->what);
    CHECK(read[i]->state == events[i]->state);
    CHECK(read[i]->progress == events[i]->progress);
  }
  const auto lost = db->put_history(job_id{"none"}, events);
  REQUIRE_FALSE(lost);
  CHECK(lost.why().code == errc::not_found);
}

TEST_CASE("a second run adds to a job's history, the first run's end is no end, the oldest goes") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  REQUIRE(db->put_job(plain_job("01")));
  std::uint64_t seq = 0;
  const auto run = [&](std::size_t count) {
    std::vector<event_ptr> events;
    for (std::size_t i = 1; i <= count; ++i) {
      event e{++seq, at(1), i == count ? event_kind::end : event_kind::narration, {}, {}, {}};
      e.what.job = job_id{"01"};
      events.push_back(std::make_shared<const event>(std::move(e)));
    }
    REQUIRE(db->put_history(job_id{"01"}, events));
    return db->history(job_id{"01"}).value();
  };
  run(3);
  const auto both = run(2);
  REQUIRE(both.size() == 5);
  CHECK(both[2]->kind == event_kind::state);
  CHECK(both[4]->kind == event_kind::end);
  const auto bounded = run(1997);
  REQUIRE(bounded.size() == 2000);
  CHECK(bounded.front()->seq == 3);
}

TEST_CASE("every field of an artifact survives, and its wish finds it") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  auto a = sample(
      "aaaa", 10,
      {{"z/config.json", sha_a, 12, std::string(40, '1')}, {"a.gguf", sha_b, 1ull << 50, ""}});
  {
    auto db = open_database(file);
    REQUIRE(db->put_artifact(sample("aaaa", 3, {{"old", sha_c, 1, ""}}), "wish"));
    REQUIRE(db->put_artifact(a, "wish"));
    REQUIRE(db->put_artifact(a, ""));
  }
  auto db = open_database(file);
  CHECK(db->get_artifact(a.id).value() == a);
  CHECK(db->artifact_for_wish("wish").value() == a);
  CHECK(db->artifact_for_wish("").value() == std::nullopt);
  CHECK(db->artifact_for_wish("other").value() == std::nullopt);
  CHECK(db->sha256_of_git(std::string(40, '1')).value() == sha_a);
  CHECK(db->sha256_of_git("").value().empty());
  const auto newer = sample("bbbb", 20, {});
  REQUIRE(db->put_artifact(newer, "wish"));
  CHECK(db->artifact_for_wish("wish").value() == newer);
}

TEST_CASE("removing an artifact frees what no other holds, and forgets its wishes") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  const auto one =
      sample("aaaa", 1, {{"a", sha_a, 1, ""}, {"b", sha_b, 1, ""}, {"c", sha_b, 1, ""}});
  const auto two = sample("bbbb", 2, {{"a", sha_a, 1, ""}, {"d", sha_c, 1, ""}});
  REQUIRE(db->put_artifact(one, "w1"));
  REQUIRE(db->put_artifact(two, "w2"));
  CHECK(db->remove_artifact(one.id).value() == names{sha_b});
  CHECK(db->artifact_for_wish("w1").value() == std::nullopt);
  CHECK(db->remove_artifact(one.id).why().code == errc::not_found);
  auto rest = db->remove_artifact(two.id).value();
  std::ranges::sort(rest);
  CHECK(rest == names{sha_a, sha_c});
  CHECK(db->all_artifacts().value().empty());
}

TEST_CASE("artifacts are listed newest first, and a page survives removals before it") {
  scratch_folder folder;
  auto db = open_database(folder.path() / "hive.db");
  for (const auto& [id, created] :
       std::vector<std::pair<std::string, int>>{{"a", 1}, {"b", 3}, {"c", 3}, {"d", 2}})
    REQUIRE(db->put_artifact(sample(id, created, {}), ""));
  CHECK(ids(db->all_artifacts().value()) == names{"c", "b", "d", "a"});
  const auto one = db->artifacts(2, "").value();
  CHECK(ids(one.items) == names{"c", "b"});
  REQUIRE(db->remove_artifact(artifact_id{"b"}));
  const auto two = db->artifacts(2, one.next).value();
  CHECK(ids(two.items) == names{"d", "a"});
  CHECK(two.next.empty());
  CHECK(db->artifacts(2, "nonsense").why().code == errc::bad_request);
}

TEST_CASE("each start counts, whoever asks") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  CHECK(open_database(file)->next_boot().value() == 1);
  auto db = open_database(file);
  CHECK(db->next_boot().value() == 2);
  CHECK(open_database(file)->next_boot().value() == 3);
}

TEST_CASE("the database is private to its owner") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  auto db = open_database(file);
  REQUIRE(db->next_boot());
  struct stat seen {};
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    REQUIRE(::stat((file.string() + suffix).c_str(), &seen) == 0);
    CHECK((seen.st_mode & 077) == 0);
  }
}

TEST_CASE("connections that open and write at the same time both get through") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  constexpr int each = 40;
  // On the slow disk of a busy machine more would wait for longer than SQLite does.
  constexpr int writers = 2;
  std::vector<std::string> problems[writers];
  std::vector<std::thread> threads;
  for (int t = 0; t < writers; ++t) {
    threads.emplace_back([&, t] {
      auto db = database::open(file);
      if (!db) return problems[t].push_back(db.why().detail);
      for (int i = 0; i < each; ++i) {
        if (auto put = (*db)->put_job(plain_job(std::to_string(t) + "-" + std::to_string(i))); !put)
          problems[t].push_back(put.why().detail);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& told : problems) CHECK(told == names{});
  CHECK(open_database(file)->jobs(1000, "").value().items.size() == writers * each);
}

TEST_CASE("a damaged database is refused with a way on, and never becomes an empty one") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  {
    auto db = open_database(file);
    for (int i = 0; i < 200; ++i) REQUIRE(db->put_job(full_job("job-" + std::to_string(i))));
  }
  auto bytes = read_file(file);
  REQUIRE(bytes.size() > 5 * 4096);
  SECTION("no database at all") {
    bytes = "this is not a database, and long enough to be sure of it";
  }
  SECTION("a zeroed page") {
    std::fill_n(bytes.begin() + 2 * 4096, 4096, '\0');
  }
  SECTION("a torn end") {
    bytes.resize(bytes.size() / 2);
  }
  SECTION("a garbled header") {
    bytes[20] = 77;
    bytes[0] = 'X';
  }
  write_file(file, bytes);
  const auto got = database::open(file);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::database_damaged);
  CHECK(got.why().detail.find(file.string()) != std::string::npos);
  CHECK(got.why().hint.find("blobs are kept") != std::string::npos);
  CHECK(read_file(file) == bytes);
}

TEST_CASE("a database of a newer hive, or of someone else, is refused") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  SECTION("newer") {
    open_database(file).reset();
    run_sql(file, "PRAGMA user_version = 99");
    const auto got = database::open(file);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::bad_config);
    CHECK(got.why().detail.find("schema 99") != std::string::npos);
  }
  SECTION("someone else's") {
    run_sql(file, "CREATE TABLE recipes(name TEXT)");
    CHECK(database::open(file).why().code == errc::database_damaged);
  }
}

TEST_CASE("settings are kept and forgotten by name") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  REQUIRE(open_database(file)->put_settings({{"download_rate", "10"}, {"max_jobs", "2"}}));
  auto db = open_database(file);
  REQUIRE(db->put_settings({{"download_rate", "20"}, {"max_jobs", std::nullopt}, {"x", {}}}));
  CHECK(db->settings().value() == std::map<std::string, std::string>{{"download_rate", "20"}});
}

TEST_CASE("a database of the first version gains its settings and keeps its jobs") {
  scratch_folder folder;
  const auto file = folder.path() / "hive.db";
  REQUIRE(open_database(file)->put_job(full_job("00000")));
  run_sql(file, "DROP TABLE views; DROP TABLE settings; ALTER TABLE artifacts DROP COLUMN used;"
                "ALTER TABLE artifacts DROP COLUMN pinned; ALTER TABLE artifacts DROP COLUMN model;"
                "ALTER TABLE files DROP COLUMN first_sight; PRAGMA user_version = 1");
  auto db = open_database(file);
  CHECK(db->settings().value().empty());
  CHECK(db->job(job_id{"00000"}).value());
}

TEST_CASE("a full disk fails one write and keeps what was there") {
  scratch_folder folder;
  small_disk disk{folder.path() / "home", 1u << 20};
  if (!disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  auto db = open_database(folder.path() / "home" / "hive.db");
  REQUIRE(db->put_job(full_job("00000")));
  auto put = outcome{};
  int stored = 0;
  for (; stored < 10'000 && put; ++stored) {
    auto job = full_job(std::to_string(10'000 + stored));
    job.cause.assign(2000, 'x');
    put = db->put_job(job);
  }
  REQUIRE_FALSE(put);
  CHECK(put.why().code == errc::disk_full);
  CHECK(db->job(job_id{"00000"}).value() == full_job("00000"));
  CHECK(ids(db->unfinished_jobs().value()).size() == static_cast<std::size_t>(stored));
}
