#include "core/store/recovery.hpp"

#include "core/base/digest.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/damage.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/journal.hpp"
#include "core/store/partial.hpp"
#include "core/store/showroom.hpp"
#include "core/store/views.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

#include <sys/stat.h>

namespace hive::store {

namespace {

namespace fs = std::filesystem;

/// One run over a home.
class sweep {
 public:
  sweep(const home& where, database& db) : where_(where), db_(db) {}

  result<recovery_report> run();

 private:
  outcome partials();
  outcome partial_entry(const fs::directory_entry& entry);
  outcome drop_partial(const fs::path& stem, bool had_journal);
  outcome blobs();
  outcome blob_folder(const fs::directory_entry& folder);
  outcome plain_views();
  outcome temporaries_below(const fs::path& root);
  outcome catalog();
  outcome set_aside_cut(const artifact& a);
  bool whole(const artifact& a) const;
  void views(const std::vector<artifact>& artifacts);
  void unknown(const fs::path& what);
  outcome remove_temporary(const fs::path& what);

  const home& where_;
  database& db_;
  recovery_report report_;
  std::size_t unknown_more_{0};
  std::map<std::string, std::uint64_t> found_; ///< blobs, by SHA-256
};

bool is_plain_file(const fs::directory_entry& entry) {
  struct stat seen {};
  return ::lstat(entry.path().c_str(), &seen) == 0 && S_ISREG(seen.st_mode);
}

bool is_folder(const fs::directory_entry& entry) {
  struct stat seen {};
  return ::lstat(entry.path().c_str(), &seen) == 0 && S_ISDIR(seen.st_mode);
}

std::string name_of(const fs::directory_entry& entry) {
  return entry.path().filename().string();
}

void sweep::unknown(const fs::path& what) {
  if (report_.unknown.size() < unknown_limit)
    report_.unknown.push_back(what.string());
  else
    ++unknown_more_;
}

outcome sweep::remove_temporary(const fs::path& what) {
  HIVE_TRY(const bool was_there, remove_file(what));
  if (was_there) ++report_.temporaries_removed;
  return {};
}

outcome sweep::drop_partial(const fs::path& stem, bool had_journal) {
  // Journal first, as everywhere: data without a journal claims nothing.
  HIVE_TRY([[maybe_unused]] const bool journal, remove_file(stem.string() + ".journal"));
  if (had_journal) ++report_.journals_dropped;
  return remove_temporary(stem.string() + ".data");
}

outcome sweep::partial_entry(const fs::directory_entry& entry) {
  const auto& path = entry.path();
  if (is_temporary(name_of(entry))) return remove_temporary(path);
  const auto kind = path.extension();
  const bool ours = is_partial_name(path.stem().string()) && is_plain_file(entry) &&
                    (kind == ".data" || kind == ".journal");
  if (!ours) {
    unknown(path);
    return {};
  }
  auto stem = path;
  stem.replace_extension();
  std::error_code none;
  if (kind == ".data") {
    // The case with a journal is looked at when the journal's turn comes.
    return fs::exists(stem.string() + ".journal", none) ? outcome{} : drop_partial(stem, false);
  }
  const auto text = read_text(path, journal_limit);
  const auto read = text ? parse_journal(*text) : std::nullopt;
  const bool good = read && partial_name(read->key) == stem.filename().string() &&
                    fs::exists(stem.string() + ".data", none);
  return good ? outcome{} : drop_partial(stem, true);
}

outcome sweep::partials() {
  HIVE_TRY(const auto entries, list_folder(where_.partials()));
  for (const auto& entry : entries) HIVE_CHECK(partial_entry(entry));
  return {};
}

outcome sweep::blob_folder(const fs::directory_entry& folder) {
  HIVE_TRY(const auto entries, list_folder(folder.path()));
  for (const auto& entry : entries) {
    const auto name = name_of(entry);
    if (is_temporary(name)) {
      HIVE_CHECK(remove_temporary(entry.path()));
    } else if (const auto size = blob_size(where_, name);
               size && name.starts_with(name_of(folder))) {
      found_.emplace(name, *size);
    } else {
      unknown(entry.path());
    }
  }
  return {};
}

outcome sweep::blobs() {
  HIVE_TRY(const auto kinds, list_folder(where_.root / "blobs"));
  for (const auto& entry : kinds)
    if (entry.path() != where_.blobs()) unknown(entry.path());
  HIVE_TRY(const auto folders, list_folder(where_.blobs()));
  for (const auto& folder : folders) {
    if (is_folder(folder) && is_hex(name_of(folder), 2)) {
      HIVE_CHECK(blob_folder(folder));
    } else {
      unknown(folder.path());
    }
  }
  return {};
}

outcome sweep::temporaries_below(const fs::path& root) {
  std::error_code error;
  std::vector<fs::path> found;
  auto at = fs::recursive_directory_iterator(root, error);
  for (; !error && at != fs::recursive_directory_iterator{}; at.increment(error))
    if (is_temporary(at->path().filename().string())) found.push_back(at->path());
  if (error && error != std::errc::no_such_file_or_directory)
    return disk_failure(error.value(), "list", root);
  for (const auto& path : found) HIVE_CHECK(remove_temporary(path));
  return {};
}

bool sweep::whole(const artifact& a) const {
  return std::ranges::all_of(a.files, [&](const artifact_file& file) {
    const auto blob = found_.find(file.sha256);
    return blob != found_.end() && blob->second == file.size;
  });
}

/// Present means verified: a blob of another length would be taken for the content for ever.
outcome sweep::set_aside_cut(const artifact& a) {
  report_.damaged.push_back(to_string(a.what));
  for (const auto& file : a.files) {
    const auto blob = found_.find(file.sha256);
    if (blob == found_.end() || blob->second == file.size) continue;
    HIVE_CHECK(take_out_of_views(where_, a, file.sha256));
    HIVE_CHECK(showroom(where_, {}, db_).take_out(file.sha256));
    HIVE_CHECK(set_aside(where_, {file.sha256, file.size, true, {}, false, false}));
    found_.erase(blob);
  }
  return {};
}

void sweep::views(const std::vector<artifact>& artifacts) {
  // Oldest first, so that the newest has the last word on a ref both asked for.
  for (auto a = artifacts.rbegin(); a != artifacts.rend(); ++a) {
    if (view_complete(where_, *a)) continue;
    if (auto made = make_view(where_, *a))
      ++report_.views_completed;
    else
      report_.views_failed.push_back(to_string(a->what) + ": " + made.why().detail);
  }
}

outcome sweep::plain_views() {
  HIVE_TRY(const auto artifacts, db_.all_artifacts());
  std::set<std::string> known;
  for (const auto& a : artifacts)
    if (!has_hub_view(a)) known.insert(a.id.value);
  HIVE_TRY(const auto entries, list_folder(where_.files()));
  for (const auto& entry : entries)
    if (!known.contains(name_of(entry))) unknown(entry.path());
  return {};
}

outcome sweep::catalog() {
  HIVE_TRY(auto artifacts, db_.all_artifacts());
  auto loose = found_;
  for (const auto& a : artifacts)
    for (const auto& file : a.files) loose.erase(file.sha256);
  // Judged together and by what was found: one that is set aside may be held by others too.
  const auto broken = std::ranges::stable_partition(artifacts, [&](auto& a) { return whole(a); });
  for (const auto& a : broken) HIVE_CHECK(set_aside_cut(a));
  artifacts.erase(broken.begin(), broken.end());
  views(artifacts);
  for (const auto& [name, size] : loose) report_.unreferenced_bytes += size;
  return {};
}

result<recovery_report> sweep::run() {
  HIVE_CHECK(partials());
  HIVE_CHECK(blobs());
  for (const auto& root : {where_.hub(), where_.files(), where_.node(), where_.root / "pieces"})
    HIVE_CHECK(temporaries_below(root));
  HIVE_CHECK(catalog());
  HIVE_CHECK(plain_views());
  if (unknown_more_ > 0)
    report_.unknown.push_back("… and " + std::to_string(unknown_more_) + " more");
  return std::move(report_);
}

} // namespace

result<recovery_report> recover(const home& where, database& db) {
  return sweep{where, db}.run();
}

} // namespace hive::store
