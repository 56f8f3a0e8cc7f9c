#pragma once
/// Questions about artifacts whose answers lie on the disk or in hive.db; they change neither.

#include "actors/protocol.hpp"
#include "core/store/home.hpp"

#include <vector>

namespace hive::actors {

/// Whether the blob is here, and as long as it should be.
bool stands(const store::home& where, const store::artifact_file& file);
bool stands(const store::home& where, const store::artifact& a);

bool share_content(const store::artifact& a, const store::artifact& b);

/// Those whose views lie in the same folder: of one source, or of its name on another host.
result<std::vector<store::artifact>> beside(const store::artifact& a, store::database& db);

/// Artifacts, and bytes of their contents, each once; nothing is promised to jobs.
result<catalog_counts> count_stock(store::database& db);
/// What the hive is told of them.
result<stock_listed> newest_stock(store::database& db);

} // namespace hive::actors
