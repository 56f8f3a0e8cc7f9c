#pragma once
/// The process between hive and the programs of a build (family.hpp). It is forked from a process
/// with threads and never executes anything else, so all of it is system calls.

#include "core/build/containment.hpp"

#include <cstdint>

#include <sys/resource.h>
#include <sys/types.h>

namespace hive::build {

/// Everything it needs, made before the fork.
struct keeper_order {
  const char* program{nullptr};
  char* const* words{nullptr};
  char* const* environment{nullptr};
  const char* folder{nullptr};
  const containment* within{nullptr};
  rlimit file_size{};
  rlimit data{};
  long grace_ms{0};
  int said{-1};   ///< the programs' output
  int report{-1}; ///< where one keeper_report goes
  pid_t hive{0};
};

/// Smaller than a pipe's atomic write.
struct keeper_report {
  std::int32_t how{0}; ///< run_end::kind
  std::int32_t value{0};
};

/// Runs the program, kills its family when it is over and ends the process. All signals are blocked
/// by the caller. SIGTERM stops the program, SIGUSR1 (also sent when hive dies) kills everybody.
[[noreturn]] void keep(const keeper_order& order) noexcept;

} // namespace hive::build
