#include "core/store/sql.hpp"

#include "core/store/database.hpp"

#include <cerrno>
#include <utility>

#include <sqlite3.h>

namespace hive::store {

namespace {

constexpr int busy_milliseconds = 5000;

errc code_of(int code, int system_error) {
  switch (code & 0xff) {
  case SQLITE_FULL: return errc::disk_full;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB: return errc::database_damaged;
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
  case SQLITE_PERM: return errc::home_unwritable;
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return errc::overloaded;
  case SQLITE_CONSTRAINT: return errc::conflict;
  default:
    // A write-ahead log that cannot grow is an I/O error to SQLite.
    return system_error == ENOSPC || system_error == EDQUOT ? errc::disk_full : errc::disk_failed;
  }
}

failure failed(sqlite3* connection, int code, const std::string& file) {
  const int system_error = connection ? sqlite3_system_errno(connection) : 0;
  const char* reason = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  const auto kind = code_of(code, system_error);
  if (kind == errc::database_damaged) return damaged_database(file, reason);
  return fail(kind, file + ": " + reason);
}

} // namespace

failure damaged_database(const std::string& file, const std::string& reason) {
  return fail(errc::database_damaged, file + ": " + reason,
              "stop hive, move " + file +
                  " (with its -wal and -shm) away and start again: the blobs "
                  "are kept, and pulling or importing finds them without a download");
}

std::string_view sqlite_version() noexcept {
  return sqlite3_libversion();
}

query::~query() {
  if (!statement_) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

query::query(query&& other) noexcept
  : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)),
    file_(other.file_), next_(other.next_), failed_(other.failed_) {}

query& query::bind(std::string_view text) {
  const int code = sqlite3_bind_text64(statement_, next_++, text.data() ? text.data() : "",
                                       text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (failed_ == SQLITE_OK) failed_ = code;
  return *this;
}

query& query::bind(std::int64_t number) {
  const int code = sqlite3_bind_int64(statement_, next_++, number);
  if (failed_ == SQLITE_OK) failed_ = code;
  return *this;
}

query& query::bind(std::optional<std::int64_t> number) {
  if (number) return bind(*number);
  const int code = sqlite3_bind_null(statement_, next_++);
  if (failed_ == SQLITE_OK) failed_ = code;
  return *this;
}

result<bool> query::step() {
  if (failed_ != SQLITE_OK) return failed(connection_, failed_, *file_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failed(connection_, code, *file_);
}

outcome query::run() {
  HIVE_TRY([[maybe_unused]] const bool row, step());
  return {};
}

std::string query::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (!bytes) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

bool query::null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

result<std::unique_ptr<sql>> sql::open(const std::filesystem::path& file) {
  std::unique_ptr<sql> opened{new sql{file.string()}};
  // Callers keep to one thread at a time, so SQLite's own mutexes would guard nothing.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &opened->connection_, flags, nullptr);
  if (code != SQLITE_OK) return failed(opened->connection_, code, opened->file_);
  sqlite3_extended_result_codes(opened->connection_, 1);
  sqlite3_busy_timeout(opened->connection_, busy_milliseconds);
  return opened;
}

sql::~sql() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

result<query> sql::prepare(std::string_view text) {
  auto [place, fresh] = statements_.try_emplace(std::string{text}, nullptr);
  if (fresh) {
    const int code = sqlite3_prepare_v3(connection_, text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &place->second, nullptr);
    if (code != SQLITE_OK) {
      statements_.erase(place);
      return failed(connection_, code, file_);
    }
  }
  return query{connection_, place->second, file_};
}

outcome sql::script(const char* text) {
  const int code = sqlite3_exec(connection_, text, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed(connection_, code, file_);
  return {};
}

result<transaction> transaction::begin(sql& where) {
  HIVE_CHECK(where.script("BEGIN IMMEDIATE"));
  return transaction{where};
}

transaction::~transaction() {
  // After some errors SQLite has already rolled back; then this fails, and nothing is left to undo.
  if (where_) static_cast<void>(where_->script("ROLLBACK"));
}

transaction::transaction(transaction&& other) noexcept
  : where_(std::exchange(other.where_, nullptr)) {}

outcome transaction::commit() {
  HIVE_CHECK(where_->script("COMMIT"));
  where_ = nullptr;
  return {};
}

} // namespace hive::store
