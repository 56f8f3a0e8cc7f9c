#include "actors/stock.hpp"

#include "core/base/redact.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/views.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace hive::actors {

bool stands(const store::home& where, const store::artifact_file& file) {
  return store::blob_size(where, file.sha256) == file.size;
}

bool stands(const store::home& where, const store::artifact& a) {
  return std::ranges::all_of(a.files, [&](const auto& file) { return stands(where, file); });
}

bool share_content(const store::artifact& a, const store::artifact& b) {
  return std::ranges::any_of(a.files, [&](const auto& mine) {
    return std::ranges::find(b.files, mine.sha256, &store::artifact_file::sha256) != b.files.end();
  });
}

result<std::vector<store::artifact>> beside(const store::artifact& a, store::database& db) {
  std::vector<store::artifact> out;
  HIVE_TRY(const auto all, db.artifact_names());
  for (const auto& [id, what, revision] : all) {
    if (store::hub_folder(what) != store::hub_folder(a.what)) continue;
    HIVE_TRY(auto other, db.get_artifact(id));
    if (other) out.push_back(std::move(*other));
  }
  return out;
}

result<catalog_counts> count_stock(store::database& db) {
  HIVE_TRY(const auto all, db.all_artifacts());
  std::map<std::string, std::uint64_t> blobs;
  for (const auto& a : all)
    for (const auto& file : a.files) blobs.emplace(file.sha256, file.size);
  catalog_counts counts;
  counts.artifacts = all.size();
  for (const auto& [sha256, size] : blobs) counts.bytes += size;
  return counts;
}

result<stock_listed> newest_stock(store::database& db) {
  HIVE_TRY(auto named, db.artifact_names());
  stock_listed out;
  out.count = named.size();
  for (auto& one : named) {
    if (out.newest.size() == cluster::max_held) break;
    out.newest.push_back(
        {std::move(one.id.value), redact(to_string(one.what)), std::move(one.revision)});
  }
  return out;
}

} // namespace hive::actors
