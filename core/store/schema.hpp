#pragma once
/// The tables of hive.db and their versions (PRAGMA user_version).

#include "core/base/result.hpp"
#include "core/store/sql.hpp"

namespace hive::store {

/// The version this build reads and writes.
inline constexpr int schema_version = 6;

/// Sets the connection up and brings the file to schema_version in one transaction. A newer file is
/// errc::bad_config, one that is damaged or not hive's errc::database_damaged.
outcome bring_up_to_date(sql& where, const std::filesystem::path& file);

} // namespace hive::store
