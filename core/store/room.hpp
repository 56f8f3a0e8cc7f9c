#pragma once
/// Room on the disk, shared out among jobs: pure arithmetic over what was measured. All figures are
/// bytes; sums stop at the largest number, since sizes are a vendor's word.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hive::store {

/// What is still to come onto the disk, by content key: what several jobs want comes once.
using to_come = std::map<std::string, std::uint64_t>;

std::uint64_t total(const to_come& what) noexcept;

struct disk_room {
  std::string where; ///< the home's folder
  std::uint64_t free{0};
  std::uint64_t reserve{0}; ///< every plan leaves it free
  to_come promised;         ///< to jobs at work
};

struct lack {
  std::uint64_t bytes{0}; ///< 0: it fits
  std::string human;      ///< "disk needs 3.20 GB more on …", with every figure; empty: it fits
  friend bool operator==(const lack&, const lack&) = default;
};

/// What `wanted` lacks beside everything promised. What brings nothing new always fits.
lack lack_of(const disk_room& room, const to_come& wanted);

/// What each of `line` lacks. First come, first served: one that fits is promised its room before
/// the next is looked at, and one that does not fit keeps nobody behind it from fitting.
std::vector<lack> share_out(disk_room room, const std::vector<to_come>& line);

} // namespace hive::store
