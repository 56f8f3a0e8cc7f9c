#pragma once
/// From jobs under way to what a command says and returns in the end.

#include "apps/hive/lodging.hpp"
#include "apps/hive/watch.hpp"

namespace hive::cli {

struct ending {
  bool json{false};  ///< the final job objects
  bool quiet{false}; ///< only paths
};

/// Follows to the end, says where the files are or what went wrong, and yields the exit code.
/// Ctrl-C cancels the jobs (what has arrived is kept); a second one leaves at once.
int see_through(lodging& place, watch& jobs, ending how);

} // namespace hive::cli
