#pragma once
/// One try of a job: is it here, what is it, does it fit, fetch it, admit it. A verification is the
/// same way with another beginning: what of it is damaged? Only that is fetched. It ends when its
/// children are down and its contents closed; then, and only then, the queue knows the try is over,
/// and says whether there is another.
///
/// Hears: download_finished, download_failed, audit_finished, build_finished, build_failed,
///        claim_ended, host_asked, an order to stop.
/// Says:  find_wish, check_plan, admit_artifact, show_artifact, query_artifact, change_artifact,
///        set_aside_contents, renew_artifact, claim_artifact (catalog), resolve_reference (desk),
///        release_contents (shelf), files_planned, state_entered, waiting_for (heartbeat),
///        job_planned, job_advanced, job_settled (queue), narrate.
/// Never: keeps anything: what it needs to go on after a crash is in the queue's record.

#include "actors/protocol.hpp"

namespace hive::actors {

struct job_deps {
  queue_actor queue;
  narrator_actor narrator;
  catalog_actor catalog;
  desk_actor desk;
  shelf_actor shelf;
  store::home home{};                       ///< for audits and builds
  std::uint64_t disk_reserve{256ull << 20}; ///< for builds
  std::function<std::string()> held_up{};   ///< the heartbeat's
};

job_actor spawn_job(caf::local_actor* parent, job_deps deps, job_record record, std::string token);

} // namespace hive::actors
