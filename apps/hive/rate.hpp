#pragma once
/// Rates as people type them after a flag. Pure.

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace hive::cli {

/// "50M", "1.5G", "0" (no limit) as bytes per second; errc::bad_request names the flag.
result<std::uint64_t> read_rate(const std::string& flag, const std::string& text);

} // namespace hive::cli
