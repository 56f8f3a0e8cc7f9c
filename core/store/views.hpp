#pragma once
/// Views: names under which other tools find blobs, without a second copy of the bytes.
///
/// A Hub repository's artifact appears below hub/ in the Hub cache layout, readable by every tool
/// that reads a Hub cache: blobs/<etag>, refs/<rev>, snapshots/<commit>/<path> (relative links).
/// Every other artifact appears as plain files below files/<artifact id>/. Files are placed from
/// blobs by hard link or reflink; copied, and said so, across file systems.
///
/// hub/ may be shared with other tools: what they put there is neither changed nor removed. One
/// thread at a time.

#include "core/base/result.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/database.hpp"
#include "core/store/home.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace hive::store {

/// Whether an artifact has a place in the Hub layout: a Hub repository at a 40-hex commit.
bool has_hub_view(const artifact& a) noexcept;
/// "models--org--repo"
std::string hub_folder(const reference& what);
/// As the Hub names it: git's object id, else the SHA-256.
const std::string& hub_blob_name(const artifact_file& file) noexcept;
/// Of the link in a snapshot, relative.
std::filesystem::path hub_link_target(const artifact_file& file);
/// Whether the branch or tag it was asked by can be a path.
bool has_ref(const artifact& a);
/// Names of blobs that some link below `snapshots` leads to, whoever made it.
result<std::set<std::string>> linked_blobs(const std::filesystem::path& snapshots);
/// Removes folders that have become empty, from `folder` up to and without `top`.
void remove_empty_folders(std::filesystem::path folder, const std::filesystem::path& top);
/// The path under which tools open `a`: its snapshot folder in hub/; for others the file itself
/// when there is exactly one, else the folder of them.
std::filesystem::path view_path(const home& where, const artifact& a);

/// Makes or completes the view; refs/<requested> last (left out when that is no safe path). Yields
/// the costliest way a file was placed. errc::bad_path for paths that would lead out of the view.
result<link_kind> make_view(const home& where, const artifact& a);
/// Whether every name of the view stands.
bool view_complete(const home& where, const artifact& a);
/// Takes away the names under which `a` shows this very blob file: what is damaged is served to
/// nobody. `make_view` makes them again.
outcome take_out_of_views(const home& where, const artifact& a, const std::string& sha256);
/// Takes away what only `a` needed, given the artifacts that stay (`a` itself may be among them).
outcome remove_view(const home& where, const artifact& a, const std::vector<artifact>& staying);

} // namespace hive::store
