#pragma once
/// What lies in the store and belongs to no artifact. Reads folders: not for an actor that must not
/// block.

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/store/home.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace hive::store {

struct leftover {
  std::string name;       ///< SHA-256 of a blob, content key of a partial
  std::uint64_t bytes{0}; ///< on the disk
  wall_time changed{};    ///< when its bytes last did
};

/// Blobs whose SHA-256 is not among `held`.
result<std::vector<leftover>> loose_blobs(const home& where, const std::set<std::string>& held);
/// Unfinished files that have a journal.
result<std::vector<leftover>> unfinished_files(const home& where);

} // namespace hive::store
