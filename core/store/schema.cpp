#include "core/store/schema.hpp"

#include <array>
#include <system_error>

namespace hive::store {

namespace {

/// A check of the whole file costs a read of it: worth it up to here. Damage elsewhere shows itself
/// as SQLITE_CORRUPT when a page is used (cell_size_check helps).
constexpr std::uintmax_t small_database = 4u << 20;

constexpr const char* settings = R"(
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA journal_size_limit = 4194304;
)";

constexpr const char* version_1 = R"(
CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE jobs(
  id TEXT PRIMARY KEY,
  state INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  ref TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  created INTEGER NOT NULL,
  finished INTEGER,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX jobs_by_key ON jobs(idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX jobs_by_state ON jobs(state, id);

CREATE TABLE events(
  job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY(job, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts(
  id TEXT PRIMARY KEY,
  ref TEXT NOT NULL,
  revision TEXT NOT NULL,
  requested TEXT NOT NULL,
  created INTEGER NOT NULL,
  verified INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX artifacts_by_age ON artifacts(created, id);

CREATE TABLE files(
  artifact TEXT NOT NULL REFERENCES artifacts(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  git_sha1 TEXT NOT NULL,
  PRIMARY KEY(artifact, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_sha256 ON files(sha256);
CREATE INDEX files_by_git_sha1 ON files(git_sha1) WHERE git_sha1 <> '';

CREATE TABLE wishes(
  wish TEXT PRIMARY KEY,
  artifact TEXT NOT NULL REFERENCES artifacts(id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX wishes_by_artifact ON wishes(artifact);

PRAGMA user_version = 1;
)";

constexpr const char* version_2 = R"(
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

PRAGMA user_version = 2;
)";

constexpr const char* version_3 = R"(
ALTER TABLE artifacts ADD COLUMN used INTEGER;
ALTER TABLE artifacts ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 3;
)";

/// What its model is, as JSON; null: nobody has looked.
constexpr const char* version_4 = R"(
ALTER TABLE artifacts ADD COLUMN model TEXT;

PRAGMA user_version = 4;
)";

constexpr const char* version_5 = R"(
ALTER TABLE files ADD COLUMN first_sight INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 5;
)";

constexpr const char* version_6 = R"(
CREATE TABLE views(
  artifact TEXT NOT NULL REFERENCES artifacts(id) ON DELETE CASCADE,
  view TEXT NOT NULL,
  root TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY(artifact, view, root)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 6;
)";

/// Entry n brings version n to n + 1.
constexpr std::array<const char*, schema_version> steps{version_1, version_2, version_3,
                                                        version_4, version_5, version_6};

result<std::int64_t> one_number(sql& where, const char* text) {
  HIVE_TRY(auto asked, where.prepare(text));
  HIVE_TRY(const bool row, asked.step());
  return row ? asked.integer(0) : 0;
}

outcome check_small(sql& where, const std::filesystem::path& file) {
  std::error_code none;
  const auto size = std::filesystem::file_size(file, none);
  if (none || size > small_database) return {};
  HIVE_TRY(auto asked, where.prepare("PRAGMA quick_check(1)"));
  HIVE_TRY(const bool row, asked.step());
  if (row && asked.text(0) != "ok") return damaged_database(file.string(), asked.text(0));
  return {};
}

outcome migrate(sql& where, const std::filesystem::path& file) {
  HIVE_TRY(auto all, transaction::begin(where));
  HIVE_TRY(const auto version, one_number(where, "PRAGMA user_version"));
  if (version > schema_version)
    return fail(errc::bad_config,
                file.string() + " was written by a newer hive (schema " + std::to_string(version) +
                    ", this one knows " + std::to_string(schema_version) + ")",
                "use that hive, or move the file away: the blobs are kept");
  if (version == schema_version) return {};
  HIVE_TRY(const auto tables, one_number(where, "SELECT count(*) FROM sqlite_schema"));
  if (version < 0 || (version == 0 && tables != 0))
    return damaged_database(file.string(), "a database, but not one of hive's");
  for (auto step = version; step < schema_version; ++step)
    HIVE_CHECK(where.script(steps.at(static_cast<std::size_t>(step))));
  return all.commit();
}

} // namespace

outcome bring_up_to_date(sql& where, const std::filesystem::path& file) {
  HIVE_CHECK(where.script(settings));
  HIVE_CHECK(where.script("PRAGMA journal_mode = WAL"));
  HIVE_CHECK(check_small(where, file));
  return migrate(where, file);
}

} // namespace hive::store
