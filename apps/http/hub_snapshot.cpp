#include "apps/http/hub_snapshot.hpp"

#include "core/base/digest.hpp"

#include <algorithm>
#include <map>

namespace hive::http {
namespace {

constexpr std::uint64_t lfs_from_bytes = 10'000'000;

std::string git_id(std::string_view content) {
  hasher hash{digest_kind::git_sha1, content.size()};
  hash.update(content);
  return hash.finish().hex;
}

const store::artifact* newest(const std::vector<store::artifact>& held, auto&& fits) {
  const store::artifact* best = nullptr;
  for (const auto& one : held)
    if (fits(one) && (best == nullptr || one.created > best->created)) best = &one;
  return best;
}

const store::artifact* named_by(const std::vector<store::artifact>& held,
                                std::string_view revision) {
  const auto is = [&](const store::artifact& one) {
    return one.revision == revision || one.requested == revision;
  };
  if (!revision.empty() && revision != "HEAD") return newest(held, is);
  const auto* main = newest(held, [](const auto& one) { return one.requested == "main"; });
  return main != nullptr ? main : newest(held, [](const auto&) { return true; });
}

/// The id of a directory: of a listing of its files.
std::string folder_id(const snapshot& where, std::string_view folder) {
  const auto prefix = std::string{folder} + '/';
  std::string listing;
  for (const auto& file : where.files)
    if (file.path.starts_with(prefix))
      listing += object_id(file) + ' ' + file.path.substr(prefix.size()) + '\n';
  return git_id(listing);
}

json::object lfs_view(const store::artifact_file& file, std::string_view digest_name) {
  json::object out;
  out[digest_name] = file.sha256;
  out["size"] = file.size;
  out["pointerSize"] = pointer_text(file).size();
  return out;
}

json::array siblings(const snapshot& where, bool blobs) {
  json::array out;
  for (const auto& file : where.files) {
    json::object one;
    one["rfilename"] = file.path;
    if (blobs) {
      one["size"] = file.size;
      one["blobId"] = object_id(file);
      if (is_lfs(file)) one["lfs"] = lfs_view(file, "sha256");
    }
    out.emplace_back(std::move(one));
  }
  return out;
}

} // namespace

std::optional<snapshot> snapshot_at(const std::vector<store::artifact>& held,
                                    std::string_view revision) {
  const auto* chosen = named_by(held, revision);
  if (chosen == nullptr) return std::nullopt;
  snapshot out{chosen->what.kind, chosen->what.name, chosen->revision, chosen->created, {}};
  std::map<std::string, store::artifact_file> files;
  for (const auto& one : held) {
    if (one.revision != chosen->revision) continue;
    out.modified = std::max(out.modified, one.created);
    for (const auto& file : one.files) files.emplace(file.path, file);
  }
  for (auto& [path, file] : files) out.files.push_back(std::move(file));
  return out;
}

const store::artifact_file* file_at(const snapshot& where, std::string_view path) noexcept {
  const auto found =
      std::lower_bound(where.files.begin(), where.files.end(), path,
                       [](const auto& file, auto wanted) { return file.path < wanted; });
  return found != where.files.end() && found->path == path ? &*found : nullptr;
}

std::vector<const store::artifact*> holders(const std::vector<store::artifact>& held,
                                            const snapshot& where, std::string_view path) {
  std::vector<const store::artifact*> out;
  for (const auto& one : held) {
    if (one.revision != where.commit) continue;
    if (std::ranges::find(one.files, path, &store::artifact_file::path) != one.files.end())
      out.push_back(&one);
  }
  return out;
}

bool is_lfs(const store::artifact_file& file) noexcept {
  return file.size >= lfs_from_bytes || file.git_sha1.empty();
}

std::string pointer_text(const store::artifact_file& file) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" + file.sha256 + "\nsize " +
         std::to_string(file.size) + '\n';
}

std::string object_id(const store::artifact_file& file) {
  return is_lfs(file) ? git_id(pointer_text(file)) : file.git_sha1;
}

std::vector<tree_entry> list_tree(const snapshot& where, std::string_view folder, bool recursive) {
  const auto prefix = folder.empty() ? std::string{} : std::string{folder} + '/';
  std::map<std::string, const store::artifact_file*> entries;
  for (const auto& file : where.files) {
    if (!file.path.starts_with(prefix)) continue;
    for (auto slash = file.path.find('/', prefix.size()); slash != std::string::npos;
         slash = recursive ? file.path.find('/', slash + 1) : std::string::npos)
      entries.emplace(file.path.substr(0, slash), nullptr);
    if (recursive || file.path.find('/', prefix.size()) == std::string::npos)
      entries.emplace(file.path, &file);
  }
  std::vector<tree_entry> out;
  out.reserve(entries.size());
  for (const auto& [path, file] : entries) out.push_back({path, file});
  return out;
}

json::object entry_view(const snapshot& where, const tree_entry& entry) {
  json::object out;
  out["type"] = entry.file != nullptr ? "file" : "directory";
  out["oid"] = entry.file != nullptr ? object_id(*entry.file) : folder_id(where, entry.path);
  out["size"] = entry.file != nullptr ? entry.file->size : 0;
  if (entry.file != nullptr && is_lfs(*entry.file)) out["lfs"] = lfs_view(*entry.file, "oid");
  out["path"] = entry.path;
  return out;
}

json::object repo_view(const snapshot& where, bool blobs) {
  std::uint64_t bytes = 0;
  for (const auto& file : where.files) bytes += file.size;
  json::object out;
  out["_id"] = sha256_hex(where.repo).substr(0, 24);
  out["id"] = where.repo;
  if (where.kind == repo_kind::model) out["modelId"] = where.repo;
  out["author"] = where.repo.substr(0, where.repo.find('/'));
  out["sha"] = where.commit;
  out["lastModified"] = format_time(where.modified);
  out["createdAt"] = format_time(where.modified);
  out["private"] = false;
  out["gated"] = false;
  out["disabled"] = false;
  out["downloads"] = 0;
  out["likes"] = 0;
  out["tags"] = json::array{};
  out["usedStorage"] = bytes;
  out["siblings"] = siblings(where, blobs);
  return out;
}

json::object refs_view(const std::vector<store::artifact>& held) {
  std::map<std::string, const store::artifact*> names;
  for (const auto& one : held) {
    if (one.requested.empty()) continue;
    auto& kept = names[one.requested];
    if (kept == nullptr || one.created > kept->created) kept = &one;
  }
  json::array branches;
  json::array converts;
  json::array pulls;
  for (const auto& [name, one] : names) {
    const bool full = name.starts_with("refs/");
    json::object ref;
    ref["name"] = name.starts_with("refs/convert/") ? name.substr(13) : name;
    ref["ref"] = full ? name : "refs/heads/" + name;
    ref["targetCommit"] = one->revision;
    auto& list = name.starts_with("refs/convert/") ? converts
                 : name.starts_with("refs/pr/")    ? pulls
                                                   : branches;
    list.emplace_back(std::move(ref));
  }
  json::object out;
  out["branches"] = std::move(branches);
  out["tags"] = json::array{};
  out["converts"] = std::move(converts);
  out["pullRequests"] = std::move(pulls);
  return out;
}

} // namespace hive::http
