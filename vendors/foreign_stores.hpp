#pragma once
/// Other programs' stores on this machine, as data: under which name each keeps a content that is
/// known by its digest. Nothing is looked at here; whoever fetches a file looks whether one of the
/// names stands.

#include "core/artifact/plan.hpp"

#include <filesystem>
#include <vector>

namespace hive::vendors {

/// Adds to every file of `plan` that is expected by a digest where its content may lie below
/// `roots`, the folders the operator lets be looked at. A file's names: one or two per root.
void name_copies(download_plan& plan, const std::vector<std::filesystem::path>& roots);

} // namespace hive::vendors
