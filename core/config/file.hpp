#pragma once
/// hive.toml: `key = value` lines of TOML, and the tables [[limits.schedule]].

#include "core/base/result.hpp"
#include "core/limits/schedule.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace hive {

struct settings_file {
  std::map<std::string, std::string> values; ///< as texts
  limits::schedule hours;
};

/// errc::bad_config for a file that cannot be read, is larger than 1 MiB,
/// is no TOML (with the line), or holds something other than texts and whole numbers.
result<settings_file> read_toml(const std::filesystem::path& file);

} // namespace hive
