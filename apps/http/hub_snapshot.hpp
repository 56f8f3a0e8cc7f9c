#pragma once
/// What the catalog holds of one Hub repository at one commit, as the Hub's API shows it. Pure.

#include "core/base/json.hpp"
#include "core/base/units.hpp"
#include "core/store/database.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hive::http {

struct snapshot {
  repo_kind kind{repo_kind::model};
  std::string repo; ///< "org/repo"
  std::string commit;
  wall_time modified{};                    ///< when the newest part came here
  std::vector<store::artifact_file> files; ///< union of all selections, by path
};

/// The snapshot a revision (branch, tag or commit) names; an empty one names "main", else the
/// newest there is. `held`: every artifact of the repository.
std::optional<snapshot> snapshot_at(const std::vector<store::artifact>& held,
                                    std::string_view revision);
const store::artifact_file* file_at(const snapshot& where, std::string_view path) noexcept;

/// Those of `held` that have the snapshot's file at `path`.
std::vector<const store::artifact*> holders(const std::vector<store::artifact>& held,
                                            const snapshot& where, std::string_view path);

/// Shown as LFS: at least 10 MB, or no git object id is known.
bool is_lfs(const store::artifact_file& file) noexcept;
/// The text git holds in place of an LFS file.
std::string pointer_text(const store::artifact_file& file);
/// The git object id of the file, or of its pointer.
std::string object_id(const store::artifact_file& file);

/// A line of a listing: a file, or (null) a directory.
struct tree_entry {
  std::string path;
  const store::artifact_file* file{nullptr};
};
/// What lies below `folder` (empty: the root), by path; empty when there is no such folder.
std::vector<tree_entry> list_tree(const snapshot& where, std::string_view folder, bool recursive);
/// {type, path, size, oid[, lfs]}. A directory's oid is a digest over its files' (git's own cannot
/// be known of a selection).
json::object entry_view(const snapshot& where, const tree_entry& entry);

/// The answer of /api/{kind}/{repo}[/revision/{rev}]; `blobs` adds sizes and ids to the siblings.
json::object repo_view(const snapshot& where, bool blobs);
/// {branches, tags, converts, pullRequests}
json::object refs_view(const std::vector<store::artifact>& held);

} // namespace hive::http
