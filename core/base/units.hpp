#pragma once
/// Numbers as people write and read them.

#include "core/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace hive {

using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// "4.68 GB": decimal units, three significant digits, as vendors print sizes.
std::string format_bytes(std::uint64_t bytes);
/// "1:02:03", "4:05"; "--:--" is the caller's business.
std::string format_duration(std::chrono::seconds d);
/// "50M", "1.5G", "800k", "1048576", "64MiB" as bytes; errc::bad_config otherwise.
result<std::uint64_t> parse_bytes(std::string_view text);
/// "90s", "15m", "24h", "7d"; a number alone is seconds. errc::bad_config otherwise.
result<std::chrono::seconds> parse_duration(std::string_view text);
/// RFC 3339 in UTC with milliseconds: "2026-11-21T22:07:01.250Z".
std::string format_time(wall_time t);
/// Reads `format_time`'s form.
result<wall_time> parse_time(std::string_view text);
wall_time wall_now() noexcept;

} // namespace hive
