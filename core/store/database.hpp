#pragma once
/// hive.db: jobs, their histories, artifacts and counters in SQLite (WAL). One connection per
/// object; each object belongs to one thread. Every method may fail with errc::disk_full,
/// disk_failed or database_damaged; a transaction that fails leaves the database as it was.

#include "core/artifact/plan.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/job/fact.hpp"
#include "core/job/record.hpp"
#include "core/model/facts.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive::store {

class sql;
struct tool_view;

/// A file of a catalogued artifact.
struct artifact_file {
  std::string path;
  std::string sha256;
  std::uint64_t size{0};
  std::string git_sha1;    ///< when the vendor names it so; else empty
  bool first_sight{false}; ///< nobody had said what its digest is: it is what came the first time
  friend bool operator==(const artifact_file&, const artifact_file&) = default;
};

enum class view_state : std::uint8_t { stands = 0, changed = 1, gone = 2, failed = 3 };
std::string_view to_string(view_state s) noexcept;

/// A view of an artifact in another tool's folder, as it is now.
struct view_sight {
  std::string view; ///< "ollama", "dir:/models"
  std::string path; ///< what the tool opens
  std::string how;  ///< "hard link", "reflink", "copy"
  view_state state{view_state::stands};
  failure why{}; ///< of one that does not stand
  friend bool operator==(const view_sight&, const view_sight&) = default;
};

struct artifact_name {
  artifact_id id;
  reference what;
  std::string revision;
};

struct artifact {
  artifact_id id;
  reference what;
  std::string revision;  ///< immutable
  std::string requested; ///< branch or tag it was asked by; empty for a pinned one
  std::vector<artifact_file> files;
  wall_time created{};
  wall_time verified{};
  /// By a tool that was served its bytes or told its path, or by a pull that found it here; empty:
  /// not since it came.
  std::optional<wall_time> used{};
  bool pinned{false};                  ///< neither `rm` nor `gc` takes it
  std::optional<model::facts> model{}; ///< empty: nobody has looked yet
  /// Paths of files whose content does not stand: damaged and set aside, or gone. Not stored; the
  /// catalog looks when it is asked.
  std::vector<std::string> damaged{};
  std::vector<view_sight> views{}; ///< in other tools' folders; the same
  friend bool operator==(const artifact&, const artifact&) = default;
};

/// One page of a list, newest first. `next` is the cursor of the page after; empty on the last. A
/// cursor stays good when items before it are removed.
template <class T>
struct page {
  std::vector<T> items;
  std::string next;
};

/// Version of the SQLite library in use: "3.40.1".
std::string_view sqlite_version() noexcept;

class database {
 public:
  /// Opens or creates; brings an older schema up to date; refuses a newer one (errc::bad_config)
  /// and a damaged file (errc::database_damaged, with how to go on: the blobs are safe without it).
  static result<std::unique_ptr<database>> open(const std::filesystem::path& file);
  ~database();

  /// How often this home was started; grows by one per call. Sequence numbers build on it.
  result<std::uint64_t> next_boot();

  // What was set while the node ran, by name.
  result<std::map<std::string, std::string>> settings();
  /// All or none of them; an empty value forgets its name.
  outcome put_settings(const std::map<std::string, std::optional<std::string>>& changes);

  // Jobs. Progress is stored as last known; secrets are redacted from what an error or a cause
  // says.
  /// errc::conflict when another job has the same idempotency key.
  outcome put_job(const job_record& job);
  /// All or none, with one wait for the disk.
  outcome put_jobs(const std::vector<const job_record*>& jobs);
  result<std::optional<job_record>> job(const job_id& id);
  /// By idempotency key; empty key finds nothing.
  result<std::optional<job_record>> job_by_key(const std::string& key);
  result<page<job_record>> jobs(std::size_t limit, const std::string& cursor);
  /// Those without a terminal state, in order of creation.
  result<std::vector<job_record>> unfinished_jobs();
  /// Keeps the newest `keep` finished jobs with their histories, and of those what ended at `since`
  /// or later.
  outcome prune_jobs(std::size_t keep, wall_time since);

  // Histories of finished jobs.
  /// Adds to what is there of earlier runs (a job that was retried) and keeps the newest 2000 of
  /// all; errc::not_found when there is no such job (any more).
  outcome put_history(const job_id& job, const std::vector<event_ptr>& events);
  result<std::vector<event_ptr>> history(const job_id& job);

  // Artifacts.
  /// `wish` (core/artifact/selection.hpp, wish_key) is what was asked; asking it again finds `a`.
  /// Pin and last use stay as they are; so does what is known of its model when `a` has nothing.
  outcome put_artifact(const artifact& a, const std::string& wish);
  result<std::optional<artifact>> artifact_for_wish(const std::string& wish);
  result<std::optional<artifact>> get_artifact(const artifact_id& id);
  result<page<artifact>> artifacts(std::size_t limit, const std::string& cursor);
  result<std::vector<artifact>> all_artifacts();
  /// What every artifact is called, newest first.
  result<std::vector<artifact_name>> artifact_names();
  /// Those that asking some wish again would find.
  result<std::set<artifact_id>> wished_artifacts();
  /// Those that have this content.
  result<std::vector<artifact_id>> holders(const std::string& sha256);
  /// Those whose model nobody has looked at.
  result<std::vector<artifact_id>> artifacts_without_model();
  /// Of one that is gone: nothing.
  outcome put_model(const artifact_id& id, const model::facts& what);
  // Views in other tools' folders (showroom.hpp); they go with their artifact.
  /// Of one that is gone: nothing.
  outcome put_view(const tool_view& view);
  /// Under every root it was made below.
  outcome remove_view(const artifact_id& id, const std::string& view);
  result<std::vector<tool_view>> views_of(const artifact_id& id);
  result<std::vector<tool_view>> all_views();
  /// errc::not_found.
  outcome pin_artifact(const artifact_id& id, bool pinned);
  /// When each was last used; those that are gone are passed over. All or none.
  outcome put_uses(const std::map<artifact_id, wall_time>& uses);
  /// Removes it; yields the SHA-256s no other artifact needs. errc::not_found.
  result<std::vector<std::string>> remove_artifact(const artifact_id& id);
  /// The SHA-256 recorded for a content that the vendor names by git SHA-1; empty when unknown.
  result<std::string> sha256_of_git(const std::string& git_sha1);

 private:
  explicit database(std::unique_ptr<sql> connection);
  std::unique_ptr<sql> sql_;
};

} // namespace hive::store
