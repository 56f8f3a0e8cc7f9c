#pragma once
/// hive.toml: flat `key = value` lines of TOML.

#include "core/base/result.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace hive {

/// Keys and values as texts. errc::bad_config for a file that cannot be read, is larger than 1 MiB,
/// is no TOML (with the line), or holds something other than texts and whole numbers.
result<std::map<std::string, std::string>> read_toml(const std::filesystem::path& file);

} // namespace hive
