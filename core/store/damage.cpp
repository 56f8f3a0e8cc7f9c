#include "core/store/damage.hpp"

#include "core/store/blob_store.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/journal.hpp"
#include "core/store/partial.hpp"

#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {

namespace {

/// What of the content is right and may be claimed: whole blocks, or up to the end.
range_set claimable_good(const blob_finding& found) {
  range_set good;
  if (!found.known) return good;
  for (auto range : found.bad.missing({0, found.size})) {
    range.begin = (range.begin + partial::block - 1) / partial::block * partial::block;
    if (range.end != found.size) range.end = range.end / partial::block * partial::block;
    good.add(range);
  }
  return good;
}

outcome keep_bytes(const home& where, const std::filesystem::path& from,
                   const std::string& sha256) {
  const auto to = where.damaged(sha256);
  if (from == to) return {};
  HIVE_CHECK(make_folders(to.parent_path()));
  HIVE_CHECK(rename_file(from, to));
  HIVE_CHECK(sync_folder(to.parent_path()));
  return sync_folder(from.parent_path());
}

/// The file itself when it has no other name, else a duplicate of it.
outcome move_or_duplicate(const std::filesystem::path& from, const std::filesystem::path& to) {
  struct stat seen {};
  if (::lstat(from.c_str(), &seen) != 0) return disk_failure(errno, "look at", from);
  if (seen.st_nlink == 1) {
    HIVE_CHECK(rename_file(from, to));
  } else {
    HIVE_CHECK(duplicate(from, to));
    HIVE_CHECK(remove_file(from));
  }
  return sync_folder(from.parent_path());
}

} // namespace

result<std::uint64_t> set_aside(const home& where, const blob_finding& found) {
  const auto from = bytes_of(where, found.sha256);
  const auto key = "sha256:" + found.sha256;
  if (from.empty()) return resumable_bytes(where, key);
  const auto good = claimable_good(found);
  const auto stem = where.partials() / partial_name(key);
  std::error_code none;
  if (good.empty() || std::filesystem::exists(stem.string() + ".data", none)) {
    HIVE_CHECK(keep_bytes(where, from, found.sha256));
    return 0;
  }
  // The journal first: data without one would be taken for nobody's at the next start.
  HIVE_CHECK(replace_file(stem.string() + ".journal", print_journal({key, found.size, good})));
  HIVE_CHECK(sync_folder(where.partials()));
  HIVE_CHECK(move_or_duplicate(from, stem.string() + ".data"));
  HIVE_CHECK(sync_folder(where.partials()));
  return good.size();
}

} // namespace hive::store
