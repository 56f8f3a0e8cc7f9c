#pragma once
/// From a vendor's list of paths to the ones a plan names.

#include "core/artifact/reference.hpp"
#include "core/artifact/selection.hpp"
#include "core/base/result.hpp"

#include <span>
#include <string>
#include <vector>

namespace hive::vendors {

/// The paths `wish` chooses of `listed`, in the order to fetch them; equal ranks keep the order of
/// the list. A wish without a selector takes the one of `what`. Every chosen path has passed
/// check_relative_path and all together check_no_collisions; a path that was not chosen is not
/// judged, so that one strange name can be left out by a pattern.
result<std::vector<std::string>> wanted_files(const reference& what, file_wish wish,
                                              std::span<const std::string> listed);

} // namespace hive::vendors
