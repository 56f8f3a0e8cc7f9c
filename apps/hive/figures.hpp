#pragma once
/// Figures short enough for narrow columns, at most six characters. Pure.

#include <cstdint>
#include <optional>
#include <string>

namespace hive::cli {

/// "7", "12.3k", "1.5M".
std::string brief_count(std::uint64_t count);
/// "250us", "12ms", "1.5s", "3m12s", "2h05m", "4d".
std::string brief_time(double seconds);
/// "0", "0.2", "12.5", "120", "12.3k".
std::string brief_rate(double rate);
/// "0.5%", "12%", "100%".
std::string brief_share(double share);

/// "-" for what nobody knows.
template <class T, class Format>
std::string or_dash(const std::optional<T>& known, Format format) {
  return known ? format(*known) : std::string{"-"};
}

} // namespace hive::cli
