// Settings of hive.db.
#include "core/store/database.hpp"

#include "core/store/sql.hpp"

namespace hive::store {

result<std::map<std::string, std::string>> database::settings() {
  std::map<std::string, std::string> all;
  HIVE_TRY(auto rows, sql_->prepare("SELECT name, value FROM settings"));
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return all;
    all.emplace(rows.text(0), rows.text(1));
  }
}

outcome database::put_settings(const std::map<std::string, std::optional<std::string>>& changes) {
  HIVE_TRY(auto all, transaction::begin(*sql_));
  for (const auto& [name, value] : changes) {
    if (value) {
      HIVE_TRY(auto put, sql_->prepare("INSERT INTO settings(name, value) VALUES(?, ?)"
                                       " ON CONFLICT(name) DO UPDATE SET value = excluded.value"));
      HIVE_CHECK(put.bind(name).bind(std::string_view{*value}).run());
    } else {
      HIVE_TRY(auto drop, sql_->prepare("DELETE FROM settings WHERE name = ?"));
      HIVE_CHECK(drop.bind(name).run());
    }
  }
  return all.commit();
}

} // namespace hive::store
