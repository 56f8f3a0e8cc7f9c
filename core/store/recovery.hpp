#pragma once
/// What every start does before anything else, holding the home's lock: completes or undoes
/// unfinished commits.

#include "core/base/result.hpp"
#include "core/store/database.hpp"
#include "core/store/home.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hive::store {

struct recovery_report {
  std::size_t views_completed{0};
  std::size_t journals_dropped{0}; ///< torn or without data
  std::size_t temporaries_removed{
      0};                           ///< our own, unfinished; data whose journal is gone among them
  std::vector<std::string> damaged; ///< artifacts whose blobs are gone or cut, by reference: they
                                    ///< stay in the catalog, and `verify` or a pull mends them
  std::vector<std::string> views_failed; ///< "reference: why"; the artifact itself is whole
  std::vector<std::string> unknown; ///< files hive did not make, in blobs/, partial/ and files/
                                    ///< (hub/ is shared with other tools); reported, never deleted.
                                    ///< At most `unknown_limit`, then one that says how many more
  std::uint64_t unreferenced_bytes{0}; ///< blobs no artifact holds
};

inline constexpr std::size_t unknown_limit = 100;

/// Fails only where the catalog or a folder cannot be read or changed at all.
result<recovery_report> recover(const home& where, database& db);

} // namespace hive::store
