#include "core/store/leftovers.hpp"

#include "core/base/digest.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/journal.hpp"
#include "core/store/partial.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include <sys/stat.h>

namespace hive::store {

namespace {

/// Bytes taken on the disk and the time of the last change; empty for anything but a file.
std::optional<leftover> look_at(const std::filesystem::path& what) {
  struct stat seen {};
  if (::lstat(what.c_str(), &seen) != 0 || !S_ISREG(seen.st_mode)) return std::nullopt;
  const auto changed =
      std::chrono::seconds{seen.st_mtim.tv_sec} + std::chrono::nanoseconds{seen.st_mtim.tv_nsec};
  return leftover{{},
                  static_cast<std::uint64_t>(seen.st_blocks) * 512,
                  wall_time{std::chrono::duration_cast<std::chrono::milliseconds>(changed)}};
}

} // namespace

result<std::vector<leftover>> loose_blobs(const home& where, const std::set<std::string>& held) {
  std::vector<leftover> found;
  HIVE_TRY(const auto folders, list_folder(where.blobs()));
  for (const auto& folder : folders) {
    std::error_code none;
    const bool ours = is_hex(folder.path().filename().string(), 2) &&
                      std::filesystem::is_directory(folder.symlink_status(none));
    if (!ours) continue;
    HIVE_TRY(const auto blobs, list_folder(folder.path()));
    for (const auto& entry : blobs) {
      const auto name = entry.path().filename().string();
      const auto size = held.contains(name) ? std::nullopt : blob_size(where, name);
      auto seen = size ? look_at(entry.path()) : std::nullopt;
      if (!seen) continue;
      seen->name = name;
      seen->bytes = *size;
      found.push_back(std::move(*seen));
    }
  }
  return found;
}

result<std::vector<leftover>> unfinished_files(const home& where) {
  std::vector<leftover> found;
  HIVE_TRY(const auto entries, list_folder(where.partials()));
  for (const auto& entry : entries) {
    const auto& path = entry.path();
    if (path.extension() != ".journal") continue;
    const auto text = read_text(path, journal_limit);
    const auto read = text ? parse_journal(*text) : std::nullopt;
    auto data = path;
    auto seen = look_at(data.replace_extension(".data"));
    const auto journal = look_at(path);
    if (!read || !seen || !journal) continue;
    seen->name = read->key;
    seen->bytes += journal->bytes;
    seen->changed = std::max(seen->changed, journal->changed);
    found.push_back(std::move(*seen));
  }
  return found;
}

} // namespace hive::store
