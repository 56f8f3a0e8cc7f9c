#include "actors/catalog.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/damage.hpp"
#include "core/store/partial.hpp"
#include "core/store/views.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

namespace hive::actors {
namespace {

/// What a running job counts on until it is gone.
struct hold {
  std::string artifact;
  std::set<std::string> blobs; ///< SHA-256
  store::to_come missing;      ///< whole sizes: how much of them is here changes
};

bool same_place(const reference& a, const reference& b) {
  return a.from == b.from && a.kind == b.kind && a.host == b.host && a.name == b.name;
}

/// Whether `a` is what somebody means by `asked`.
bool meant_by(const reference& asked, const store::artifact& a) {
  if (!same_place(asked, a.what)) return false;
  const auto& revision = asked.revision;
  if (!revision.empty() && revision != a.requested && revision != a.what.revision &&
      !a.revision.starts_with(revision))
    return false;
  if (asked.selector.empty() || asked.selector == a.what.selector) return true;
  std::vector<std::string> paths;
  for (const auto& file : a.files) paths.push_back(file.path);
  return choose_files(paths, file_wish{asked.selector, {}, {}}).has_value();
}

class catalog_state {
 public:
  using handle = catalog_actor;
  static constexpr const char* name = "catalog";

  catalog_state(catalog_actor::pointer self, catalog_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  catalog_actor::behavior_type make_behavior() {
    auto opened = store::database::open(deps_.home.database());
    if (!opened) {
      break_down(self_, as_error(opened.why()));
      return catalog_actor::behavior_type::make_empty_behavior();
    }
    db_ = std::move(*opened);
    on_down_signal(self_,
                   [this](const caf::actor_addr& who, const caf::error&) { holds_.erase(who); });
    return {
        [this](const find_wish& m) { return as_reply(here(m.wish)); },
        [this](const check_plan& m) { return as_reply(check(m.plan)); },
        [this](const measure_room& m) { return as_reply(measure(m)); },
        [this](const find_blob& m) { return as_reply(blob(m.file)); },
        [this](const admit_artifact& m) { return as_reply(admit(m)); },
        [this](const query_artifact& m) { return as_reply(one(m.id)); },
        [this](const query_artifacts& m) { return as_reply(list(m)); },
        [this](const match_reference& m) { return as_reply(match(m.what)); },
        [this](const remove_artifact& m) { return as_reply(remove(m.id)); },
        [this](const count_artifacts&) { return as_reply(count()); },
        [this](const set_aside_contents& m) { return as_reply(set_aside(m)); },
        [this](const renew_artifact& m) { return as_reply(renew(m.id)); },
    };
  }

 private:
  /// Found, whole, and with its view.
  result<artifact_found> here(const std::string& wish) {
    HIVE_TRY(auto found, db_->artifact_for_wish(wish));
    if (!found || !stands(*found)) return artifact_found{};
    HIVE_CHECK(view(*found));
    return artifact_found{std::move(found)};
  }

  bool stands(const store::artifact_file& file) const {
    return store::blob_size(deps_.home, file.sha256) == file.size;
  }
  bool stands(const store::artifact& a) const {
    return std::ranges::all_of(a.files, [this](const auto& f) { return stands(f); });
  }

  void look_for_damage(store::artifact& a) const {
    for (const auto& file : a.files)
      if (!stands(file)) a.damaged.push_back(file.path);
  }

  outcome view(const store::artifact& a) {
    HIVE_CHECK(store::make_view(deps_.home, a));
    return {};
  }

  /// The SHA-256 of a content as far as this node can know it; else empty.
  result<std::string> sha256_of(const std::string& key) {
    const auto known = parse_digest(key);
    if (!known) return std::string{};
    if (known->kind == digest_kind::sha256) return known->hex;
    return db_->sha256_of_git(known->hex);
  }

  result<blob_found> blob(const plan_file& file) {
    HIVE_TRY(const auto sha256, sha256_of(content_key(file)));
    if (sha256.empty()) return blob_found{};
    const auto size = store::blob_size(deps_.home, sha256);
    if (!size) return blob_found{};
    if (file.size && *size != *file.size) {
      // It was cut, or grew: what is fetched in its place finds the name free.
      HIVE_CHECK(put_away({sha256, *file.size, true, {}, false, false}));
      return blob_found{};
    }
    return blob_found{transfer::arrival{sha256, *size, *size}};
  }

  result<plan_checked> check(const download_plan& plan) {
    plan_checked seen;
    seen.total = known_bytes(plan);
    hold counted;
    counted.artifact = artifact_key(plan);
    for (const auto& file : plan.files) {
      HIVE_TRY(const auto found, blob(file));
      if (found.blob) {
        counted.blobs.insert(found.blob->sha256);
        seen.here += found.blob->size;
      } else {
        const auto key = content_key(file);
        seen.partial += store::resumable_bytes(deps_.home, key);
        counted.missing.emplace(key, file.size.value_or(0));
      }
    }
    const auto who = asker(self_);
    HIVE_TRY(const auto room, room_beside(who));
    HIVE_TRY(const auto wanted, still_missing(counted.missing));
    seen.lacks = store::lack_of(room, wanted);
    if (who && seen.lacks.bytes == 0) {
      if (!holds_.contains(who->address())) watch(self_, who);
      holds_.insert_or_assign(who->address(), std::move(counted));
    }
    return seen;
  }

  /// The disk as it is now, and what of it goes to running jobs other than `who`.
  result<store::disk_room> room_beside(const caf::strong_actor_ptr& who) {
    store::disk_room room{deps_.home.root.string(), 0, deps_.disk_reserve, {}};
    HIVE_TRY(room.free, store::free_bytes(deps_.home));
    for (const auto& [other, held] : holds_) {
      if (who && other == who->address()) continue;
      HIVE_TRY(auto missing, still_missing(held.missing));
      room.promised.merge(missing);
    }
    return room;
  }

  /// Of these contents, by key and size, what is not on the disk yet.
  result<store::to_come> still_missing(store::to_come contents) {
    for (auto& [key, size] : contents) {
      HIVE_TRY(const auto sha256, sha256_of(key));
      const bool stands = !sha256.empty() && store::blob_size(deps_.home, sha256);
      size = stands ? 0 : store::missing_bytes(deps_.home, key, size);
    }
    return contents;
  }

  result<room_measured> measure(const measure_room& m) {
    HIVE_TRY(const auto room, room_beside(nullptr));
    std::vector<store::to_come> line;
    for (const auto& contents : m.line) {
      store::to_come wanted;
      for (const auto& one : contents) wanted.emplace(one.key, one.size);
      HIVE_TRY(wanted, still_missing(std::move(wanted)));
      line.push_back(std::move(wanted));
    }
    return room_measured{store::share_out(room, line)};
  }

  result<store::artifact> admit(const admit_artifact& m) {
    const auto who = asker(self_);
    if (who && !holds_.contains(who->address()))
      return fail(errc::cancelled, "the job that wanted it admitted is gone");
    store::artifact made;
    made.id = artifact_id{artifact_key(m.plan)};
    made.what = m.plan.what;
    made.revision = m.plan.revision;
    made.requested = m.plan.requested;
    made.files = m.files;
    // They come in order of arrival; a list that people and tools read has one order.
    std::ranges::sort(made.files, {}, &store::artifact_file::path);
    made.verified = wall_now();
    HIVE_TRY(const auto known, db_->get_artifact(made.id));
    made.created = known ? known->created : made.verified;
    if (!stands(made))
      return fail(errc::disk_failed,
                  "a fetched blob of " + to_string(made.what) + " is not there any more");
    HIVE_CHECK(db_->put_artifact(made, m.wish));
    counts_.reset();
    HIVE_CHECK(view(made));
    return made;
  }

  result<store::artifact> one(const artifact_id& id) {
    HIVE_TRY(auto found, db_->get_artifact(id));
    if (!found) return fail(errc::not_found, "no artifact " + id.value + " on this node");
    look_for_damage(*found);
    return std::move(*found);
  }

  result<artifact_page> list(const query_artifacts& m) {
    HIVE_TRY(auto page, db_->artifacts(m.limit, m.cursor));
    for (auto& a : page.items) look_for_damage(a);
    return page;
  }

  result<std::uint64_t> put_away(const store::blob_finding& found) {
    HIVE_TRY(const auto all, db_->all_artifacts());
    for (const auto& a : all) HIVE_CHECK(store::take_out_of_views(deps_.home, a, found.sha256));
    return store::set_aside(deps_.home, found);
  }

  result<contents_set_aside> set_aside(const set_aside_contents& m) {
    contents_set_aside done;
    for (const auto& one : m.damaged) {
      HIVE_TRY(const auto kept, put_away(one.found));
      done.kept += kept;
    }
    return done;
  }

  /// Every artifact with one of its contents may have lost a name in its view.
  result<store::artifact> renew(const artifact_id& id) {
    HIVE_TRY(auto whole, one(id));
    if (!whole.damaged.empty())
      return fail(errc::blob_damaged, whole.damaged.front() + " of " + to_string(whole.what) +
                                          " was damaged again meanwhile");
    whole.verified = wall_now();
    HIVE_CHECK(db_->put_artifact(whole, {}));
    HIVE_TRY(const auto all, db_->all_artifacts());
    for (const auto& a : all)
      if (share_content(a, whole) && stands(a)) HIVE_CHECK(view(a));
    return whole;
  }

  static bool share_content(const store::artifact& a, const store::artifact& b) {
    return std::ranges::any_of(a.files, [&](const auto& mine) {
      return std::ranges::find(b.files, mine.sha256, &store::artifact_file::sha256) !=
             b.files.end();
    });
  }

  result<artifact_list> match(const reference& what) {
    HIVE_TRY(auto all, db_->all_artifacts());
    std::erase_if(all, [&](const store::artifact& a) { return !meant_by(what, a); });
    std::ranges::stable_sort(all, std::greater{}, &store::artifact::created);
    return artifact_list{std::move(all)};
  }

  bool in_use(const store::artifact& a) const {
    return std::ranges::any_of(holds_, [&](const auto& entry) {
      const hold& held = entry.second;
      return held.artifact == a.id.value || std::ranges::any_of(a.files, [&](const auto& f) {
               return held.blobs.contains(f.sha256);
             });
    });
  }

  /// Row first: what is gone from the catalog may leave files behind, never the other way round.
  result<removal> remove(const artifact_id& id) {
    HIVE_TRY(const auto gone, one(id));
    if (in_use(gone))
      return fail(errc::conflict, "a running job uses " + to_string(gone.what),
                  "wait for the job or cancel it, then remove the artifact");
    HIVE_TRY(const auto orphans, db_->remove_artifact(id));
    counts_.reset();
    HIVE_TRY(const auto staying, db_->all_artifacts());
    HIVE_CHECK(store::remove_view(deps_.home, gone, staying));
    removal done{id, 0};
    for (const auto& sha256 : orphans) {
      const auto size = store::blob_size(deps_.home, sha256);
      HIVE_TRY(const bool removed, store::remove_blob(deps_.home, sha256));
      if (removed) done.freed += size.value_or(0);
      // The good pieces of one that was damaged.
      const auto key = "sha256:" + sha256;
      if (!awaited(key)) store::purge_partial(deps_.home, key);
    }
    return done;
  }

  bool awaited(const std::string& key) const {
    return std::ranges::any_of(holds_,
                               [&](const auto& held) { return held.second.missing.contains(key); });
  }

  result<catalog_counts> count() {
    if (!counts_) {
      HIVE_TRY(const auto all, db_->all_artifacts());
      std::map<std::string, std::uint64_t> blobs;
      for (const auto& a : all)
        for (const auto& file : a.files) blobs.emplace(file.sha256, file.size);
      counts_.emplace();
      counts_->artifacts = all.size();
      for (const auto& [sha256, size] : blobs) counts_->bytes += size;
    }
    auto now = *counts_;
    HIVE_TRY(const auto room, room_beside(nullptr));
    now.disk_promised = store::total(room.promised);
    return now;
  }

  catalog_actor::pointer self_;
  catalog_deps deps_;
  std::unique_ptr<store::database> db_;
  std::map<caf::actor_addr, hold> holds_;
  std::optional<catalog_counts> counts_; ///< of artifacts; empty after a change
};

} // namespace

catalog_actor spawn_catalog(caf::local_actor* parent, catalog_deps deps) {
  return spawn_blocking_child<catalog_state>(parent, std::move(deps));
}

} // namespace hive::actors
