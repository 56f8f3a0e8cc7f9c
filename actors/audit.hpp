#pragma once
/// The audit: reads every content of one artifact from the disk and checks it. A child of the job
/// that wants to know; it changes nothing.
///
/// Hears: part_checked, bytes_checked (auditors).
/// Says:  audit_finished (job); bytes_moved (heartbeat).
/// Never: reads itself. The auditors do, threads of their own that hear an order to stop between
///        two steps of a few MiB.

#include "actors/protocol.hpp"

namespace hive::actors {

struct audit_deps {
  job_actor job;
  heartbeat_actor heartbeat;
  store::home home;
  std::size_t auditors{0};         ///< threads; 0: as many as there are cores, at most 4
  std::uint64_t part{64ull << 20}; ///< the least an auditor takes at a time
};

audit_actor spawn_audit(caf::local_actor* parent, audit_deps deps,
                        std::vector<store::artifact_file> files);

} // namespace hive::actors
