#pragma once
/// The download of one plan: asks the shelf for a few files at a time, in the plan's order; weights
/// only once the configuration before them is here, so that what is refused or broken shows before
/// the large files are begun.
///
/// Hears: file_progressed, file_fetched, file_failed.
/// Says:  fetch_file (shelf), bytes_moved (heartbeat), download_finished or download_failed (job).
/// Never: touches bytes. Its death gives up its seats at the shelf.

#include "actors/protocol.hpp"

namespace hive::actors {

struct download_deps {
  job_actor job;
  shelf_actor shelf;
  heartbeat_actor heartbeat;
  std::size_t at_once{4}; ///< files
};

struct download_order {
  job_id job;
  download_plan plan;
  keyrings keys;
};

download_actor spawn_download(caf::local_actor* parent, download_deps deps, download_order order);

} // namespace hive::actors
