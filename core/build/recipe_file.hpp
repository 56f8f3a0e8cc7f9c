#pragma once
/// Recipes on the disk. A recipe runs commands as the user hive runs as, so only what this
/// machine's operator has allowed, and nobody else can have written, is read at all.

#include "core/base/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hive::build {

/// The text of the recipe at `file`, an absolute path, if it lies below one of `folders` (symbolic
/// links resolved), belongs to this process's user or to root, and not everybody may write it.
/// errc::unsupported when there are no such folders, bad_recipe when it lies elsewhere or may not
/// be trusted, entry_missing, source_unreadable, too_large. Reads the disk: not for an actor's
/// thread.
result<std::string> read_recipe(const std::filesystem::path& file,
                                const std::vector<std::filesystem::path>& folders);

} // namespace hive::build
