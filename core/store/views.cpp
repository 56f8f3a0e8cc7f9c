#include "core/store/views.hpp"

#include "core/artifact/safe_path.hpp"
#include "core/store/disk_file.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {

namespace {

namespace fs = std::filesystem;

/// Written as other tools write it, so that backup programs skip the folder.
constexpr std::string_view cache_tag = "Signature: 8a477f597d28d172789f06886806bc55\n";

/// The paths of one artifact below hub/.
struct hub_place {
  hub_place(const home& where, const artifact& a)
    : root(where.hub() / hub_folder(a.what)), snapshot(root / "snapshots" / a.revision),
      ref(a.requested.empty() ? fs::path{} : root / "refs" / a.requested) {}

  fs::path blob(const artifact_file& file) const { return root / "blobs" / hub_blob_name(file); }
  fs::path root;
  fs::path snapshot;
  fs::path ref;
};

outcome check_paths(const artifact& a) {
  if (has_hub_view(a)) HIVE_CHECK(check_relative_path(a.what.name));
  for (const auto& file : a.files) {
    HIVE_CHECK(check_relative_path(file.path));
    if (!is_hex(file.sha256, 64) || !(file.git_sha1.empty() || is_hex(file.git_sha1, 40)))
      return fail(errc::bad_path, file.path + " has no well-formed digest");
  }
  return {};
}

/// Whether `to` already shows the content of `from`: the same file, or a duplicate made after it.
bool placed(const fs::path& from, const fs::path& to) {
  struct stat source {};
  struct stat target {};
  if (::stat(from.c_str(), &source) != 0 || ::lstat(to.c_str(), &target) != 0) return false;
  if (source.st_dev == target.st_dev && source.st_ino == target.st_ino) return true;
  const auto older = [](const timespec& a, const timespec& b) {
    return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
  };
  return S_ISREG(target.st_mode) && source.st_size == target.st_size &&
         !older(target.st_mtim, source.st_mtim);
}

bool same_inode(const fs::path& a, const fs::path& b) {
  struct stat left {};
  struct stat right {};
  return ::stat(a.c_str(), &left) == 0 && ::lstat(b.c_str(), &right) == 0 &&
         left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

bool links_to(const fs::path& link, const fs::path& target) {
  std::error_code none;
  return fs::read_symlink(link, none) == target && !none;
}

result<link_kind> place_once(const fs::path& from, const fs::path& to) {
  if (placed(from, to)) return link_kind::hard_link;
  HIVE_CHECK(make_folders(to.parent_path()));
  return place(from, to);
}

outcome make_link(const fs::path& link, const fs::path& target) {
  if (links_to(link, target)) return {};
  HIVE_CHECK(make_folders(link.parent_path()));
  const auto fresh = temporary_beside(link);
  if (::symlink(target.c_str(), fresh.c_str()) != 0) return disk_failure(errno, "link", link);
  auto done = rename_file(fresh, link);
  if (!done) ::unlink(fresh.c_str());
  return done;
}

outcome make_ref(const fs::path& ref, const std::string& revision) {
  if (const auto now = read_text(ref, 64); now && *now == revision) return {};
  HIVE_CHECK(make_folders(ref.parent_path()));
  return replace_file(ref, revision);
}

result<link_kind> make_hub_view(const home& where, const artifact& a) {
  const hub_place to{where, a};
  std::error_code none;
  if (const auto tag = where.hub() / "CACHEDIR.TAG"; !fs::exists(tag, none))
    HIVE_CHECK(replace_file(tag, cache_tag));
  auto costliest = link_kind::hard_link;
  for (const auto& file : a.files) {
    HIVE_TRY(const auto kind, place_once(where.blob(file.sha256), to.blob(file)));
    costliest = std::max(costliest, kind);
  }
  for (const auto& file : a.files)
    HIVE_CHECK(make_link(to.snapshot / file.path, hub_link_target(file)));
  if (has_ref(a)) HIVE_CHECK(make_ref(to.ref, a.revision));
  return costliest;
}

result<link_kind> make_plain_view(const home& where, const artifact& a) {
  auto costliest = link_kind::hard_link;
  for (const auto& file : a.files) {
    const auto to = where.files() / a.id.value / file.path;
    HIVE_TRY(const auto kind, place_once(where.blob(file.sha256), to));
    costliest = std::max(costliest, kind);
  }
  return costliest;
}

outcome remove_hub_view(const home& where, const artifact& a, const std::set<std::string>& kept) {
  const hub_place at{where, a};
  for (const auto& file : a.files) {
    const auto link = at.snapshot / file.path;
    if (kept.contains(file.path) || !links_to(link, hub_link_target(file))) continue;
    HIVE_CHECK(remove_file(link));
    remove_empty_folders(link.parent_path(), at.root);
  }
  HIVE_TRY(const auto needed, linked_blobs(at.root / "snapshots"));
  for (const auto& file : a.files) {
    const auto blob = at.blob(file);
    if (needed.contains(blob.filename().string())) continue;
    HIVE_CHECK(remove_file(blob));
    remove_empty_folders(blob.parent_path(), at.root);
  }
  std::error_code none;
  if (has_ref(a) && !fs::exists(at.snapshot, none)) {
    const auto ref = read_text(at.ref, 64);
    if (ref && *ref == a.revision) HIVE_CHECK(remove_file(at.ref));
    remove_empty_folders(at.ref.parent_path(), at.root);
  }
  remove_empty_folders(at.root, where.hub());
  return {};
}

outcome remove_plain_view(const home& where, const artifact& a) {
  const auto root = where.files() / a.id.value;
  for (const auto& file : a.files) {
    HIVE_CHECK(remove_file(root / file.path));
    remove_empty_folders((root / file.path).parent_path(), where.files());
  }
  return {};
}

} // namespace

bool has_hub_view(const artifact& a) noexcept {
  return (a.what.from == scheme::hf || a.what.from == scheme::space) && is_hex(a.revision, 40);
}

std::string hub_folder(const reference& what) {
  std::string folder = "models";
  if (what.kind == repo_kind::dataset) folder = "datasets";
  if (what.kind == repo_kind::space || what.from == scheme::space) folder = "spaces";
  folder += "--";
  for (const char c : what.name) c == '/' ? folder += "--" : folder += c;
  return folder;
}

const std::string& hub_blob_name(const artifact_file& file) noexcept {
  return file.git_sha1.empty() ? file.sha256 : file.git_sha1;
}

fs::path hub_link_target(const artifact_file& file) {
  fs::path target{"../.."};
  for (const char c : file.path)
    if (c == '/') target /= "..";
  return target / "blobs" / hub_blob_name(file);
}

bool has_ref(const artifact& a) {
  return !a.requested.empty() && check_relative_path(a.requested).has_value();
}

void remove_empty_folders(fs::path folder, const fs::path& top) {
  while (folder != top && folder.has_relative_path()) {
    // A folder already gone is as good as one removed; one with content ends the climb.
    if (::rmdir(folder.c_str()) != 0 && errno != ENOENT) return;
    folder = folder.parent_path();
  }
}

result<std::set<std::string>> linked_blobs(const fs::path& snapshots) {
  std::set<std::string> names;
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(snapshots, error);
  for (; !error && entry != fs::recursive_directory_iterator{}; entry.increment(error)) {
    std::error_code no_link;
    const auto target = fs::read_symlink(entry->path(), no_link);
    if (!no_link) names.insert(target.filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return disk_failure(error.value(), "list", snapshots);
  return names;
}

fs::path view_path(const home& where, const artifact& a) {
  if (has_hub_view(a)) return hub_place{where, a}.snapshot;
  const auto folder = where.files() / a.id.value;
  return a.files.size() == 1 ? folder / a.files.front().path : folder;
}

result<link_kind> make_view(const home& where, const artifact& a) {
  HIVE_CHECK(check_paths(a));
  return has_hub_view(a) ? make_hub_view(where, a) : make_plain_view(where, a);
}

bool view_complete(const home& where, const artifact& a) {
  if (!check_paths(a)) return false;
  if (!has_hub_view(a))
    return std::ranges::all_of(a.files, [&](const artifact_file& file) {
      return placed(where.blob(file.sha256), where.files() / a.id.value / file.path);
    });
  const hub_place at{where, a};
  std::error_code none;
  // Another artifact of the same branch, or another tool, may have moved the ref on since.
  if (has_ref(a) && !fs::exists(at.ref, none)) return false;
  return std::ranges::all_of(a.files, [&](const artifact_file& file) {
    return placed(where.blob(file.sha256), at.blob(file)) &&
           links_to(at.snapshot / file.path, hub_link_target(file));
  });
}

outcome take_out_of_views(const home& where, const artifact& a, const std::string& sha256) {
  HIVE_CHECK(check_paths(a));
  for (const auto& file : a.files) {
    if (file.sha256 != sha256) continue;
    const auto name =
        has_hub_view(a) ? hub_place{where, a}.blob(file) : where.files() / a.id.value / file.path;
    if (same_inode(where.blob(sha256), name)) HIVE_CHECK(remove_file(name));
  }
  return {};
}

outcome remove_view(const home& where, const artifact& a, const std::vector<artifact>& staying) {
  HIVE_CHECK(check_paths(a));
  if (!has_hub_view(a)) return remove_plain_view(where, a);
  std::set<std::string> kept;
  for (const auto& other : staying) {
    if (other.id == a.id || !has_hub_view(other) || other.revision != a.revision ||
        hub_folder(other.what) != hub_folder(a.what))
      continue;
    for (const auto& file : other.files) kept.insert(file.path);
  }
  return remove_hub_view(where, a, kept);
}

} // namespace hive::store
