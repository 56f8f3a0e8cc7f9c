/// Opening, jobs and histories; artifacts are in database_artifacts.cpp.
#include "core/store/database.hpp"

#include "core/store/disk_file.hpp"
#include "core/store/schema.hpp"
#include "core/store/sql.hpp"
#include "core/store/stored_json.hpp"

#include <cerrno>

#include <fcntl.h>

namespace hive::store {

namespace {

static_assert(static_cast<int>(job_state::succeeded) == 6 &&
                  static_cast<int>(job_state::failed) == 7 &&
                  static_cast<int>(job_state::cancelled) == 8,
              "the statements below name the terminal states by number");

#define HIVE_JOB_COLUMNS "id, state, kind, ref, idempotency_key, created, finished, body"

constexpr std::string_view put_job_text =
    "INSERT INTO jobs(" HIVE_JOB_COLUMNS ") VALUES(?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT(id) DO UPDATE SET state = excluded.state, kind = excluded.kind,"
    " ref = excluded.ref, idempotency_key = excluded.idempotency_key,"
    " created = excluded.created, finished = excluded.finished, body = excluded.body";

constexpr std::string_view prune_text =
    "DELETE FROM jobs WHERE state IN (6, 7, 8) AND (coalesce(finished, created) < ?"
    " OR id NOT IN (SELECT id FROM jobs WHERE state IN (6, 7, 8)"
    " ORDER BY coalesce(finished, created) DESC, id DESC LIMIT ?))";

/// Events of one job, also one that was tried again and again.
constexpr std::size_t most_history = 2000;

wall_time time_of(std::int64_t milliseconds) {
  return wall_time{std::chrono::milliseconds{milliseconds}};
}

failure unreadable(std::string_view what, const std::string& id, const failure& why) {
  return damaged_database("hive.db",
                          std::string{what} + " " + id + " is unreadable: " + why.detail);
}

result<job_record> read_job(const query& row) {
  job_record job;
  job.id.value = row.text(0);
  const auto state = row.integer(1);
  const auto kind = row.integer(2);
  if (state < 0 || state > 8 || kind < 0 || kind > static_cast<int>(job_kind::verify))
    return unreadable("job", job.id.value, fail(errc::unreadable_reply, "its state or kind"));
  job.state = static_cast<job_state>(state);
  job.asked.kind = static_cast<job_kind>(kind);
  auto what = parse_reference(row.text(3));
  if (!what) return unreadable("job", job.id.value, what.why());
  job.asked.what = std::move(*what);
  job.asked.idempotency_key = row.text(4);
  job.created = time_of(row.integer(5));
  if (!row.null(6)) job.finished = time_of(row.integer(6));
  if (auto read = read_job_body(row.text(7), job); !read)
    return unreadable("job", job.id.value, read.why());
  return job;
}

result<std::optional<job_record>> first_job(query rows) {
  HIVE_TRY(const bool row, rows.step());
  if (!row) return std::optional<job_record>{};
  HIVE_TRY(auto job, read_job(rows));
  return std::optional{std::move(job)};
}

result<std::vector<job_record>> all_jobs(query rows) {
  std::vector<job_record> jobs;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return jobs;
    HIVE_TRY(auto job, read_job(rows));
    jobs.push_back(std::move(job));
  }
}

} // namespace

database::database(std::unique_ptr<sql> connection) : sql_(std::move(connection)) {}
database::~database() = default;

result<std::unique_ptr<database>> database::open(const std::filesystem::path& file) {
  // Made by us first so that it, and SQLite's files beside it, are readable by their owner only.
  if (auto made = open_file(file, O_RDWR | O_CREAT, 0600); !made) return std::move(made).why();
  HIVE_TRY(auto connection, sql::open(file));
  HIVE_CHECK(bring_up_to_date(*connection, file));
  return std::unique_ptr<database>{new database{std::move(connection)}};
}

result<std::uint64_t> database::next_boot() {
  HIVE_TRY(auto counter,
           sql_->prepare("INSERT INTO counters(name, value) VALUES('boot', 1)"
                         " ON CONFLICT(name) DO UPDATE SET value = value + 1 RETURNING value"));
  HIVE_TRY([[maybe_unused]] const bool row, counter.step());
  const auto boot = counter.natural(0);
  // The change takes effect when the statement has run to its end.
  HIVE_CHECK(counter.run());
  return boot;
}

outcome database::put_jobs(const std::vector<const job_record*>& jobs) {
  if (jobs.size() == 1) return put_job(*jobs.front());
  HIVE_TRY(auto all, transaction::begin(*sql_));
  for (const auto* job : jobs) HIVE_CHECK(put_job(*job));
  return all.commit();
}

outcome database::put_job(const job_record& job) {
  HIVE_TRY(auto put, sql_->prepare(put_job_text));
  std::optional<std::int64_t> finished;
  if (job.finished) finished = job.finished->time_since_epoch().count();
  return put.bind(job.id.value)
      .bind(static_cast<std::int64_t>(job.state))
      .bind(static_cast<std::int64_t>(job.asked.kind))
      .bind(to_string(job.asked.what))
      .bind(job.asked.idempotency_key)
      .bind(std::int64_t{job.created.time_since_epoch().count()})
      .bind(finished)
      .bind(job_body(job))
      .run();
}

result<std::optional<job_record>> database::job(const job_id& id) {
  HIVE_TRY(auto asked, sql_->prepare("SELECT " HIVE_JOB_COLUMNS " FROM jobs WHERE id = ?"));
  asked.bind(id.value);
  return first_job(std::move(asked));
}

result<std::optional<job_record>> database::job_by_key(const std::string& key) {
  HIVE_TRY(auto asked, sql_->prepare("SELECT " HIVE_JOB_COLUMNS " FROM jobs"
                                     " WHERE idempotency_key = ? AND idempotency_key <> ''"));
  asked.bind(key);
  return first_job(std::move(asked));
}

result<page<job_record>> database::jobs(std::size_t limit, const std::string& cursor) {
  if (limit == 0) return page<job_record>{};
  HIVE_TRY(auto asked, sql_->prepare("SELECT " HIVE_JOB_COLUMNS " FROM jobs"
                                     " WHERE ? = '' OR id < ? ORDER BY id DESC LIMIT ?"));
  asked.bind(cursor).bind(cursor).bind(std::uint64_t{limit + 1});
  HIVE_TRY(auto found, all_jobs(std::move(asked)));
  page<job_record> one{std::move(found), {}};
  if (one.items.size() > limit) {
    one.items.pop_back();
    one.next = one.items.back().id.value;
  }
  return one;
}

result<std::vector<job_record>> database::unfinished_jobs() {
  HIVE_TRY(auto asked, sql_->prepare("SELECT " HIVE_JOB_COLUMNS " FROM jobs"
                                     " WHERE state NOT IN (6, 7, 8) ORDER BY id"));
  return all_jobs(std::move(asked));
}

outcome database::prune_jobs(std::size_t keep, wall_time since) {
  HIVE_TRY(auto prune, sql_->prepare(prune_text));
  return prune.bind(std::int64_t{since.time_since_epoch().count()}).bind(std::uint64_t{keep}).run();
}

outcome database::put_history(const job_id& job, const std::vector<event_ptr>& events) {
  HIVE_TRY(auto all, transaction::begin(*sql_));
  {
    HIVE_TRY(auto known, sql_->prepare("SELECT 1 FROM jobs WHERE id = ?"));
    HIVE_TRY(const bool row, known.bind(job.value).step());
    if (!row) return fail(errc::not_found, "no job " + job.value + " to keep a history of");
  }
  for (const auto& e : events) {
    HIVE_TRY(auto put, sql_->prepare("INSERT OR REPLACE INTO events(job, seq, body)"
                                     " VALUES(?, ?, ?)"));
    HIVE_CHECK(put.bind(job.value).bind(e->seq).bind(event_body(*e)).run());
  }
  {
    HIVE_TRY(auto bound,
             sql_->prepare("DELETE FROM events WHERE job = ?1 AND seq NOT IN (SELECT seq"
                           " FROM events WHERE job = ?1 ORDER BY seq DESC LIMIT ?2)"));
    HIVE_CHECK(bound.bind(job.value).bind(std::uint64_t{most_history}).run());
  }
  return all.commit();
}

result<std::vector<event_ptr>> database::history(const job_id& job) {
  HIVE_TRY(auto rows, sql_->prepare("SELECT seq, body FROM events WHERE job = ? ORDER BY seq"));
  rows.bind(job.value);
  std::vector<event_ptr> events;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return events;
    event e;
    e.seq = rows.natural(0);
    e.what.job = job;
    if (auto read = read_event_body(rows.text(1), e); !read)
      return unreadable("a history event of job", job.value, read.why());
    if (!events.empty()) events.back() = as_passed(events.back());
    events.push_back(std::make_shared<const event>(std::move(e)));
  }
}

} // namespace hive::store
