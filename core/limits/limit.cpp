#include "core/limits/limit.hpp"

#include "core/base/units.hpp"

#include <algorithm>

namespace hive::limits {

namespace {

constexpr std::array<limit_row, limit_count> table{
    {{limit::download_rate, "download_rate", 0, highest_rate, true},
     {limit::upload_rate, "upload_rate", 0, highest_rate, true},
     {limit::max_jobs, "max_jobs", 1, most_at_once, false},
     {limit::max_lanes, "max_lanes", 1, most_at_once, false}}};

std::optional<std::uint64_t> said_by(const window& hours, limit what) {
  if (what == limit::download_rate) return hours.download_rate;
  if (what == limit::upload_rate) return hours.upload_rate;
  return std::nullopt;
}

} // namespace

std::span<const limit_row> limit_table() noexcept {
  return table;
}

const limit_row& row_of(limit what) noexcept {
  return table[static_cast<std::size_t>(what)];
}

const limit_row* find_limit(std::string_view name) noexcept {
  const auto* const at = std::ranges::find(table, name, &limit_row::name);
  return at == table.end() ? nullptr : at;
}

std::string shown(const limit_row& row, std::uint64_t value) {
  if (!row.rate) return std::to_string(value);
  return value == 0 ? "no limit" : format_bytes(value) + "/s";
}

configuration default_configuration() {
  configuration made;
  made.values = {{{0, "default", {}},
                  {0, "default", {}},
                  {usual_jobs, "default", {}},
                  {usual_lanes, "default", {}}}};
  return made;
}

in_force decide(const configuration& settings, const wishes& set, const local_minute& now) {
  in_force out{settings.values, settings.hours, {}};
  for (const auto& one : settings.hours) out.open.push_back(is_open(one, now));
  for (const auto& row : table) {
    const auto at = static_cast<std::size_t>(row.what);
    auto& value = out.values[at];
    if (set[at]) {
      value = {*set[at], "set", {}};
      continue;
    }
    for (std::size_t i = 0; i < settings.hours.size(); ++i) {
      const auto said = said_by(settings.hours[i], row.what);
      if (!out.open[i] || !said) continue;
      value = {*said, "schedule", to_string(settings.hours[i])};
      break;
    }
  }
  return out;
}

} // namespace hive::limits
