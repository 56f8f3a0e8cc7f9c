#pragma once
/// What the model in an artifact is, read from its blobs: a few MiB at the front of each file of
/// weights. Blocks; not for an actor that must not.
///
/// Of several models in one artifact the largest is described, and named by its path. A header that
/// cannot be read leaves the rest empty and says so in `flaw`.

#include "core/model/facts.hpp"
#include "core/store/database.hpp"
#include "core/store/home.hpp"

namespace hive::store {

/// Total. Files whose blobs do not stand are as good as not there.
model::facts read_model(const home& where, const std::vector<artifact_file>& files);

} // namespace hive::store
