#pragma once
/// The build: makes a job's artifact from the inputs that were fetched for it. A child of the job,
/// with a thread of its own; owns the folder of the build and the programs that run in it, so both
/// are gone when it is.
///
/// Hears: its own build_step; an order to stop (SIGTERM for the programs, SIGKILL after two
///        seconds).
/// Says:  build_finished or build_failed (job), step_begun (heartbeat), narrate.
/// Never: takes what came out into the store: the job fetches it from the folder like any local
///        file, and stops the build when it has.

#include "actors/protocol.hpp"

namespace hive::actors {

struct build_deps {
  job_actor job;
  heartbeat_actor heartbeat;
  narrator_actor narrator;
  store::home home;
  std::uint64_t disk_reserve{256ull << 20}; ///< free bytes below which the build is stopped
};

struct build_order {
  job_id job;
  recipe how;
  std::vector<store::artifact_file> inputs; ///< by their path in the folder
};

build_actor spawn_build(caf::local_actor* parent, build_deps deps, build_order order);

} // namespace hive::actors
