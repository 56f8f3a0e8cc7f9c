#pragma once
/// How damaged contents of an artifact are fetched again: what is asked of the vendor, and what of
/// the answer is taken. Pure.

#include "actors/protocol.hpp"

namespace hive::actors {

/// The artifact's reference, pinned to its revision where its source has such, without a selection.
reference mending_reference(const store::artifact& a);

/// Only the damaged files of `plan`, each expected by the SHA-256 it has in the catalog. A source
/// that has them no longer, or others in their place, is errc::source_changed or entry_missing.
result<download_plan> mending_plan(download_plan plan, const std::vector<damage>& damaged);

} // namespace hive::actors
