#pragma once
/// The catalog: what is here. Owns a connection to hive.db and the views; spares what running jobs
/// count on. Blocks (stat, links, copies), so it has a thread of its own.
///
/// Hears: find_wish, check_plan, measure_room, find_blob, admit_artifact, query_artifact,
/// query_artifacts,
///        match_reference, remove_artifact, count_artifacts.
/// Says:  nothing but answers.
/// Never: fetches, or takes an artifact in whose blobs do not all stand.

#include "actors/protocol.hpp"
#include "core/store/home.hpp"

namespace hive::actors {

struct catalog_deps {
  store::home home;
  std::uint64_t disk_reserve{0}; ///< bytes left free by every plan
};

catalog_actor spawn_catalog(caf::local_actor* parent, catalog_deps deps);

} // namespace hive::actors
