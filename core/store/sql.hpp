#pragma once
/// One SQLite connection with its statements prepared once: the only place that includes sqlite3.h.
/// SQLite's codes become failures here: full disk errc::disk_full, I/O disk_failed, not writable
/// home_unwritable, corruption database_damaged, a violated constraint conflict, another writer for
/// more than 5 s overloaded. One thread at a time.

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace hive::store {

/// errc::database_damaged for `file`, with how to go on.
failure damaged_database(const std::string& file, const std::string& reason);

/// One use of a statement: bind in order, step through the rows, reset by the destructor. Must not
/// outlive its connection; a second use of the same text at the same time is not possible.
class query {
 public:
  query(sqlite3* connection, sqlite3_stmt* statement, const std::string& file) noexcept
    : connection_(connection), statement_(statement), file_(&file) {}
  ~query();
  query(query&& other) noexcept;
  query& operator=(query&&) = delete;

  query& bind(std::string_view text);
  query& bind(std::int64_t number);
  /// Numbers above 2^63 keep their bits.
  query& bind(std::uint64_t number) { return bind(static_cast<std::int64_t>(number)); }
  query& bind(std::optional<std::int64_t> number);

  /// True: there is a row to read. False: done.
  result<bool> step();
  /// For statements without rows.
  outcome run();

  std::string text(int column) const;
  std::int64_t integer(int column) const;
  std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  bool null(int column) const;

 private:
  sqlite3* connection_;
  sqlite3_stmt* statement_;
  const std::string* file_;
  int next_{1};
  int failed_{0}; ///< of the first bind that failed; step reports it
};

class sql {
 public:
  static result<std::unique_ptr<sql>> open(const std::filesystem::path& file);
  ~sql();
  sql(const sql&) = delete;
  sql& operator=(const sql&) = delete;

  /// `text` is prepared at its first use and kept.
  result<query> prepare(std::string_view text);
  /// Several statements, no parameters, no rows.
  outcome script(const char* text);

 private:
  explicit sql(std::string file) : file_(std::move(file)) {}
  std::string file_;
  sqlite3* connection_{nullptr};
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

/// All or nothing: undone by the destructor unless committed.
class transaction {
 public:
  /// Takes the write lock at once, so that a later statement cannot find it taken.
  static result<transaction> begin(sql& where);
  ~transaction();
  transaction(transaction&& other) noexcept;
  transaction& operator=(transaction&&) = delete;
  outcome commit();

 private:
  explicit transaction(sql& where) noexcept : where_(&where) {}
  sql* where_;
};

} // namespace hive::store
