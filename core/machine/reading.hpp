#pragma once
/// What was read of this machine. Whatever could not be read is empty; nothing is estimated.

#include "core/base/units.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace hive::machine {

/// Runnable tasks on average, from /proc/loadavg.
struct load_average {
  double one{0}; ///< over a minute
  double five{0};
  double fifteen{0};
  friend bool operator==(const load_average&, const load_average&) = default;
};

/// Bytes of memory or of a disk.
struct extent {
  std::uint64_t total{0};
  std::uint64_t available{0}; ///< to this process
  friend bool operator==(const extent&, const extent&) = default;
};

struct reading {
  wall_time time{};
  std::chrono::milliseconds since_boot{0}; ///< goes on while the machine sleeps, and never jumps
  std::optional<std::uint64_t> cpus;       ///< that this process may use
  std::optional<load_average> load;
  std::optional<extent> memory;
  std::optional<extent> disk;              ///< where the store lies
  std::optional<std::uint64_t> resident;   ///< bytes of this process in memory
  std::optional<std::uint64_t> open_files; ///< descriptors of this process
  std::optional<std::uint64_t> most_open_files;
};

/// A graphics or compute device.
struct device {
  std::string bus;    ///< PCI address, "0000:01:00.0": tells one device from another
  std::string vendor; ///< "nvidia", "amd", "intel"
  std::string name;   ///< as its vendor calls it; empty: unknown
  std::string driver; ///< with its version where known; empty: none or unknown
  std::optional<std::uint64_t> memory_total; ///< bytes
  std::optional<std::uint64_t> memory_used;
  friend bool operator==(const device&, const device&) = default;
};

} // namespace hive::machine
