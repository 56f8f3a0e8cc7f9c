#pragma once
/// An actor as seen from outside, and the faults tests put into one.

#include <chrono>
#include <cstdint>
#include <string>

namespace hive::actors {

struct resident {
  std::uint64_t id{0};
  std::uint64_t parent{0}; ///< 0: spawned from outside
  std::string name;        ///< of its class
  bool blocks{false};      ///< waits for disks, on a thread of its own
};

/// What actors of one class did, those who are gone included.
struct class_totals {
  std::string name;
  std::uint64_t alive{0};
  std::uint64_t depth{0}; ///< messages that wait
  std::uint64_t handled{0};
  std::uint64_t skipped{0};
  std::uint64_t slow{0}; ///< messages that took longer than 250 ms
};

/// How often actors of one class ended of a bug, or were ended because they no longer answered.
struct crash_count {
  std::string name; ///< of the class
  std::uint64_t crashes{0};
  std::string last; ///< of what; empty before the first
};

enum class fault : std::uint8_t {
  crash,  ///< the next message it handles throws
  freeze, ///< it answers nothing for a while; one that blocks does so
  flood,  ///< 100,000 messages it has no use for
};

} // namespace hive::actors
