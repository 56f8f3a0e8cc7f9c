#include "actors/clearing.hpp"

#include "core/store/leftovers.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace hive::actors {
namespace {

constexpr std::chrono::hours kept_at_least{24};

/// What jobs that have not ended, at work or not, may go on with.
struct expectation {
  std::set<std::string> keys; ///< contents of their plans
  wall_time since;            ///< any content that came later may be one of theirs
};

expectation expected_by(const std::vector<job_record>& unfinished, const holds& all,
                        wall_time now) {
  expectation out{{}, now};
  for (const auto& job : unfinished) {
    out.since = std::min(out.since, job.created);
    for (const auto& content : job.contents) out.keys.insert(content.key);
  }
  for (const auto& [who, held] : all) {
    for (const auto& [key, size] : held.missing) out.keys.insert(key);
    for (const auto& sha256 : held.blobs) out.keys.insert("sha256:" + sha256);
  }
  return out;
}

std::optional<store::gc_reason> why_kept(const std::string& key, wall_time changed,
                                         const expectation& jobs, wall_time now) {
  if (jobs.keys.contains(key) || changed >= jobs.since) return store::gc_reason::in_use;
  if (changed > now - kept_at_least) return store::gc_reason::recent;
  return std::nullopt;
}

} // namespace

result<store::gc_survey> survey(const store::home& where, store::database& db, const holds& all,
                                wall_time now) {
  HIVE_TRY(auto artifacts, db.all_artifacts());
  HIVE_TRY(const auto wished, db.wished_artifacts());
  HIVE_TRY(const auto unfinished, db.unfinished_jobs());
  const auto jobs = expected_by(unfinished, all, now);
  store::gc_survey out;
  std::set<std::string> held;
  for (auto& a : artifacts) {
    for (const auto& file : a.files) held.insert(file.sha256);
    const bool used = in_use(all, a);
    const bool asked_for = wished.contains(a.id);
    out.artifacts.push_back({std::move(a), asked_for, used});
  }
  HIVE_TRY(const auto loose, store::loose_blobs(where, held));
  for (const auto& one : loose)
    out.contents.push_back(
        {one.name, one.bytes, why_kept("sha256:" + one.name, one.changed, jobs, now)});
  HIVE_TRY(const auto partials, store::unfinished_files(where));
  for (const auto& one : partials) {
    // The right pieces of a content that is damaged here: its artifact waits for them.
    const auto name = parse_digest(one.name);
    if (name && held.contains(name->hex)) continue;
    out.partials.push_back({one.name, one.bytes, why_kept(one.name, one.changed, jobs, now)});
  }
  return out;
}

} // namespace hive::actors
