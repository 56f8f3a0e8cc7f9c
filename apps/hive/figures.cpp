#include "apps/hive/figures.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace hive::cli {
namespace {

std::string printed(const char* format, double value, const char* unit) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return std::string{text.data()} + unit;
}

/// Two digits of the smaller unit behind the greater one.
std::string two_units(std::uint64_t great, const char* great_unit, std::uint64_t small,
                      const char* small_unit) {
  const auto digits = std::to_string(small);
  return std::to_string(great) + great_unit + (digits.size() < 2 ? "0" : "") + digits + small_unit;
}

} // namespace

std::string brief_count(std::uint64_t count) {
  if (count < 10'000) return std::to_string(count);
  auto value = static_cast<double>(count);
  for (const auto* unit : {"k", "M", "G", "T"}) {
    value /= 1000;
    if (value < 99.95) return printed("%.1f", value, unit);
    if (value < 999.5) return printed("%.0f", value, unit);
  }
  return printed("%.0f", value / 1000, "P");
}

std::string brief_time(double seconds) {
  if (!(seconds > 0)) return "0";
  if (seconds < 0.0009995) return printed("%.0f", seconds * 1e6, "us");
  if (seconds < 0.9995) return printed("%.0f", seconds * 1e3, "ms");
  if (seconds < 9.95) return printed("%.1f", seconds, "s");
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return std::to_string(whole) + "s";
  if (whole < 3600) return two_units(whole / 60, "m", whole % 60, "s");
  if (whole < 86'400) return two_units(whole / 3600, "h", whole % 3600 / 60, "m");
  return std::to_string(whole / 86'400) + "d";
}

std::string brief_rate(double rate) {
  if (!(rate >= 0.05)) return "0";
  if (rate < 99.95) return printed("%.1f", rate, "");
  return brief_count(static_cast<std::uint64_t>(std::llround(rate)));
}

std::string brief_share(double share) {
  const auto percent = share * 100;
  if (!(percent >= 0.05)) return "0%";
  return printed(percent < 9.95 ? "%.1f" : "%.0f", percent, "%");
}

} // namespace hive::cli
