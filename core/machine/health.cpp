#include "core/machine/health.hpp"

#include <algorithm>
#include <array>

namespace hive::machine {
namespace {

constexpr std::chrono::seconds least_jump{2};
/// Below it the kernel is about to kill somebody; a hundredth of all memory on large machines.
constexpr std::uint64_t least_memory = 128u << 20;

bool held(const std::vector<reason>& before, ailment what) {
  return std::ranges::find(before, what, &reason::what) != before.end();
}

bool is_low(std::uint64_t figure, std::uint64_t least, bool was_low) {
  return (was_low ? figure - figure / 11 : figure) < least;
}

std::string jump_text(std::chrono::milliseconds by) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::abs(by));
  return "the clock jumped " + format_duration(whole) + (by.count() < 0 ? " back" : " ahead");
}

} // namespace

std::string_view to_string(ailment what) noexcept {
  constexpr std::array<std::string_view, 6> names{"disk-low",  "memory-low",   "clock-jumped",
                                                  "restarted", "actor-silent", "held-up"};
  const auto at = static_cast<std::size_t>(what);
  return at < names.size() ? names[at] : "unknown";
}

std::string sentence(const std::vector<reason>& reasons) {
  std::string text;
  for (const auto& one : reasons) text.append(text.empty() ? "" : "; ").append(one.human);
  return text;
}

std::vector<reason> assess(const vitals& seen, const std::vector<reason>& before) {
  std::vector<reason> found;
  const auto& disk = seen.now.disk;
  const auto& memory = seen.now.memory;
  // Divided, since a reserve may be any number.
  if (disk && is_low(disk->available / 2, seen.disk_reserve, held(before, ailment::disk_low)))
    found.push_back({ailment::disk_low, "only " + format_bytes(disk->available) +
                                            " of disk are free; plans leave " +
                                            format_bytes(seen.disk_reserve) + " untouched"});
  if (memory) {
    const auto least = std::max(least_memory, memory->total / 100);
    if (is_low(memory->available, least, held(before, ailment::memory_low)))
      found.push_back({ailment::memory_low, "only " + format_bytes(memory->available) + " of " +
                                                format_bytes(memory->total) +
                                                " of memory are available"});
  }
  if (seen.jump) found.push_back({ailment::clock_jumped, jump_text(*seen.jump)});
  if (seen.restarts > 0)
    found.push_back({ailment::restarted, "the long-lived actors crashed lately; times since the "
                                         "node began: " +
                                             std::to_string(seen.restarts)});
  for (const auto& one : seen.silent) found.push_back({ailment::actor_silent, one});
  if (!seen.held_up.empty()) found.push_back({ailment::held_up, seen.held_up});
  return found;
}

std::optional<std::chrono::milliseconds> clock_jump(const reading& before, const reading& now) {
  const auto by = (now.time - before.time) - (now.since_boot - before.since_boot);
  if (std::chrono::abs(by) < least_jump) return std::nullopt;
  return by;
}

} // namespace hive::machine
