#include "core/store/room.hpp"

#include "core/base/units.hpp"

#include <limits>

namespace hive::store {

namespace {

std::uint64_t add(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  return b > most - a ? most : a + b;
}

/// Of `wanted`, what nobody was promised yet.
std::uint64_t fresh(const disk_room& room, const to_come& wanted) noexcept {
  std::uint64_t sum = 0;
  for (const auto& [key, bytes] : wanted)
    if (!room.promised.contains(key)) sum = add(sum, bytes);
  return sum;
}

} // namespace

std::uint64_t total(const to_come& what) noexcept {
  std::uint64_t sum = 0;
  for (const auto& [key, bytes] : what) sum = add(sum, bytes);
  return sum;
}

lack lack_of(const disk_room& room, const to_come& wanted) {
  const auto more = fresh(room, wanted);
  const auto promised = total(room.promised);
  const auto needed = add(add(promised, more), room.reserve);
  if (more == 0 || needed <= room.free) return {};
  lack found{needed - room.free, {}};
  found.human = "disk needs " + format_bytes(found.bytes) + " more on " + room.where + ": " +
                format_bytes(more) + " are to come, " + format_bytes(room.free) + " are free";
  if (promised > 0) found.human += ", " + format_bytes(promised) + " go to other jobs";
  if (room.reserve > 0)
    found.human += ", " + format_bytes(room.reserve) + " stay free (disk_reserve)";
  return found;
}

std::vector<lack> share_out(disk_room room, const std::vector<to_come>& line) {
  std::vector<lack> lacks;
  lacks.reserve(line.size());
  for (const auto& wanted : line) {
    lacks.push_back(lack_of(room, wanted));
    if (lacks.back().bytes == 0) room.promised.insert(wanted.begin(), wanted.end());
  }
  return lacks;
}

} // namespace hive::store
