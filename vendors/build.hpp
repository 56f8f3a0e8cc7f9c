#pragma once
/// Artifacts that are made on this machine (build:): a recipe (core/artifact/recipe.hpp) names
/// sources, each a reference another vendor serves, and the plan is all their files, with the
/// recipe beside them: whoever has fetched the files runs it.
///
/// A vendor touches no disk, so this one asks for the recipe's text:
///   RECIPE file:///abs/path
/// and whoever drives the conversation answers with it as the body of a 200, or with the failure
/// why it may not be had.
///
/// A source's vendor is asked with that source's secrets (`ask::whose`, plan_file::origin), which
/// this one has from it.
///
/// Every source must be pinned: each file has a digest, and the reference names a revision that
/// cannot move, or errc::bad_recipe says what to write instead. The plan's revision is the recipe's
/// digest.

#include "vendors/vendor.hpp"

#include <memory>
#include <vector>

namespace hive::vendors {

/// `sources`: who may be asked for a recipe's sources.
std::unique_ptr<const vendor> make_build(std::vector<std::unique_ptr<const vendor>> sources);

} // namespace hive::vendors
