#pragma once
/// From jobs under way to what a command says and returns in the end.

#include "apps/hive/lodging.hpp"
#include "apps/hive/watch.hpp"

#include <map>
#include <string>

namespace hive::cli {

struct ending {
  bool json{false};  ///< the final job objects
  bool quiet{false}; ///< only paths
  /// Of jobs of other nodes: by the job's id the node's name.
  std::map<std::string, std::string> elsewhere{};
};

/// Follows to the end, says where the files are or what went wrong, and yields the exit code.
/// Ctrl-C cancels the jobs (what has arrived is kept); a second one leaves at once.
int see_through(lodging& place, watch& jobs, const ending& how);

} // namespace hive::cli
