#pragma once
/// The catalog: what is here. Owns a connection to hive.db and the views; spares what running jobs
/// count on, and looks into models: what it takes in, and at the start what nobody has looked at.
/// Blocks (stat, links, headers), so it has a thread of its own; what may be a copy is for its
/// child, the exhibitor. Knows who builds what.
///
/// Hears: find_wish, check_plan, measure_room, find_blob, admit_artifact, show_artifact,
/// query_artifact, query_artifacts,
///        match_reference, change_artifact, remove_artifact, collect_garbage, count_artifacts,
///        claim_artifact.
/// Says:  exhibit (exhibitor), claim_ended (jobs that wait), answers; clearing_step, uses_due and
/// model_due to itself. Never: fetches, or takes an artifact in whose blobs do not all stand.

#include "actors/protocol.hpp"
#include "core/store/home.hpp"
#include "core/store/tool_layout.hpp"
#include "core/store/usage.hpp"

#include <chrono>
#include <memory>

namespace hive::actors {

/// How long one waits for its answer.
inline constexpr std::chrono::seconds catalog_limit{10};
/// The same where it looks at many contents on the disk.
inline constexpr std::chrono::seconds look_limit{60};

struct catalog_deps {
  store::home home;
  std::uint64_t disk_reserve{0}; ///< bytes left free by every plan
  std::uint64_t store_budget{0}; ///< bytes a gc leaves when it is told no other number; 0: no end
  std::shared_ptr<store::use_board> uses{std::make_shared<store::use_board>()};
  store::tool_roots tools{};
};

catalog_actor spawn_catalog(caf::local_actor* parent, catalog_deps deps);

} // namespace hive::actors
