#include "actors/catalog.hpp"

#include "actors/claims.hpp"
#include "actors/clearing.hpp"
#include "actors/exhibition.hpp"
#include "actors/holds.hpp"
#include "actors/inspect.hpp"
#include "actors/model_reading.hpp"
#include "actors/spelling.hpp"
#include "actors/stock.hpp"
#include "core/job/log.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/damage.hpp"
#include "core/store/directory.hpp"
#include "core/store/model_facts.hpp"
#include "core/store/partial.hpp"
#include "core/store/views.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <system_error>

namespace hive::actors {
namespace {

constexpr std::chrono::minutes uses_written_every{1};

class catalog_state {
 public:
  using handle = catalog_actor;
  static constexpr const char* name = "catalog";

  catalog_state(catalog_actor::pointer self, catalog_deps deps)
    : self_(self), deps_(std::move(deps)) {}
  ~catalog_state() {
    if (db_) write_uses();
  }
  catalog_state(const catalog_state&) = delete;
  catalog_state& operator=(const catalog_state&) = delete;

  catalog_actor::behavior_type make_behavior() {
    auto opened = store::database::open(deps_.home.database());
    if (!opened) {
      break_down(self_, as_error(opened.why()));
      return catalog_actor::behavior_type::make_empty_behavior();
    }
    db_ = std::move(*opened);
    by_source_.emplace(*db_);
    models_.emplace(deps_.home, *db_);
    views_.emplace(self_, deps_.home, deps_.tools, *db_);
    on_down_signal(self_, [this](const caf::actor_addr& who, const caf::error&) { forget(who); });
    expect_uses();
    expect_model();
    return {
        [this](const find_wish& m) { return as_reply(here(m.wish)); },
        [this](const check_plan& m) { return as_reply(check(m.plan)); },
        [this](const measure_room& m) { return as_reply(measure(m)); },
        [this](const find_blob& m) { return as_reply(blob(m.file)); },
        [this](const admit_artifact& m) { return as_reply(admit(m)); },
        [this](const query_artifact& m) { return as_reply(one(m.id)); },
        [this](const query_artifacts& m) { return as_reply(list(m)); },
        [this](const match_reference& m) { return as_reply(match(m.what)); },
        [this](const change_artifact& m) { return as_reply(change(m)); },
        [this](const remove_artifact& m) { return as_reply(remove(m.id)); },
        [this](const count_artifacts&) { return as_reply(count()); },
        [this](const list_stock&) { return as_reply(newest_stock(*db_)); },
        [this](const set_aside_contents& m) { return as_reply(set_aside(m)); },
        [this](const renew_artifact& m) { return renew(m.id); },
        [this](const collect_garbage& m) { return clear(m); },
        [this](const clearing_step&) { clear_next(); },
        [this](const model_due&) { look_into_next(); },
        [this](const show_artifact& m) { return show(m); },
        [this](const claim_artifact& m) { return as_reply(claim(m)); },
        [this](const uses_due&) {
          write_uses();
          expect_uses();
        },
    };
  }

 private:
  /// Found, whole, and with its view.
  result<artifact_found> here(const std::string& wish) {
    HIVE_TRY(auto found, db_->artifact_for_wish(wish));
    if (!found || !whole(*found)) return artifact_found{};
    HIVE_CHECK(view(*found));
    uses_.note(found->id, wall_now());
    return artifact_found{std::move(found)};
  }

  bool whole(const store::artifact& a) const { return stands(deps_.home, a); }

  /// What is not in the row: damage, and uses that are not written yet.
  void complete(store::artifact& a) {
    for (const auto& file : a.files)
      if (!stands(deps_.home, file)) a.damaged.push_back(file.path);
    uses_.show_in(a);
    a.views = views_->room().seen(a);
  }

  outcome view(const store::artifact& a) {
    HIVE_CHECK(store::make_view(deps_.home, a));
    return {};
  }

  result<blob_found> blob(const plan_file& file) {
    HIVE_TRY(const auto sha256, sha256_of(content_key(file), *db_));
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
    HIVE_TRY(const auto wanted, still_missing(counted.missing, deps_.home, *db_));
    seen.lacks = store::lack_of(room, wanted);
    if (who && seen.lacks.bytes == 0) {
      if (!holds_.contains(who->address())) watch(self_, who);
      holds_.insert_or_assign(who->address(), std::move(counted));
    }
    return seen;
  }

  result<store::disk_room> room_beside(const caf::strong_actor_ptr& who) {
    return hive::actors::room_beside(who, holds_, deps_.home, *db_, deps_.disk_reserve);
  }

  result<room_measured> measure(const measure_room& m) {
    HIVE_TRY(const auto room, room_beside(nullptr));
    std::vector<store::to_come> line;
    room_measured seen;
    for (const auto& contents : m.line) {
      store::to_come wanted;
      for (const auto& one : contents) wanted.emplace(one.key, one.size);
      HIVE_TRY(wanted, still_missing(std::move(wanted), deps_.home, *db_));
      seen.to_come.push_back(store::total(wanted));
      line.push_back(std::move(wanted));
    }
    seen.lacks = store::share_out(room, line);
    return seen;
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
    if (!whole(made))
      return fail(errc::disk_failed,
                  "a fetched blob of " + to_string(made.what) + " is not there any more");
    made.model = known && known->model ? known->model : store::read_model(deps_.home, made.files);
    HIVE_CHECK(db_->put_artifact(made, m.wish));
    counts_.reset();
    by_source_->changed(made);
    HIVE_CHECK(view(made));
    views_->show_again(made, [] {});
    for (const auto& job : claims_.fulfilled(made.id)) tell(self_, job, claim_ended{});
    return made;
  }

  // Who builds what.

  result<artifact_claimed> claim(const claim_artifact& m) {
    HIVE_TRY(auto found, db_->get_artifact(m.id));
    if (found && whole(*found)) {
      HIVE_CHECK(view(*found));
      uses_.note(m.id, wall_now());
      return artifact_claimed{std::move(found), std::nullopt};
    }
    const auto who = asker(self_);
    if (who && !holds_.contains(who->address())) watch(self_, who);
    return artifact_claimed{std::nullopt, claims_.take(m, who)};
  }

  void forget(const caf::actor_addr& who) {
    holds_.erase(who);
    for (const auto& job : claims_.abandoned(who)) tell(self_, job, claim_ended{});
  }

  // In other tools' folders. What cannot be shown there is here all the same.

  caf::result<artifact_shown> show(const show_artifact& m) {
    auto a = one(m.id);
    if (!a) return as_error(a.why());
    return views_->show(std::move(*a), m.views, asker(self_));
  }

  result<store::artifact> one(const artifact_id& id) {
    HIVE_TRY(auto found, db_->get_artifact(id));
    if (!found) return fail(errc::not_found, "no artifact " + id.value + " on this node");
    take_uses();
    complete(*found);
    return std::move(*found);
  }

  result<artifact_page> list(const query_artifacts& m) {
    HIVE_TRY(auto page, db_->artifacts(m.limit, m.cursor));
    take_uses();
    for (auto& a : page.items) complete(a);
    return page;
  }

  result<store::artifact> change(const change_artifact& m) {
    HIVE_TRY(const auto known, one(m.id));
    if (m.what.used) uses_.note(m.id, wall_now());
    if (!m.what.views_to_remove.empty() && (in_use(holds_, known) || views_->shows(m.id)))
      return fail(errc::conflict, "a running job uses " + to_string(known.what),
                  "wait for the job or cancel it, then remove the view");
    for (const auto& wish : m.what.views_to_remove) HIVE_CHECK(views_->room().remove(m.id, wish));
    if (m.what.pinned && *m.what.pinned != known.pinned) {
      HIVE_CHECK(db_->pin_artifact(m.id, *m.what.pinned));
      by_source_->changed(known);
    }
    return one(m.id);
  }

  // Models of before. Other questions are answered between two of them.

  void expect_model() {
    if (!models_->done()) tell(self_, catalog_actor{self_}, model_due{});
  }

  void look_into_next() {
    if (const auto a = models_->next()) by_source_->changed(*a);
    expect_model();
  }

  // Uses.

  void take_uses() { uses_.take_over(*deps_.uses, *db_); }

  void write_uses() {
    take_uses();
    if (const auto written = uses_.write_to(*db_); !written)
      log(level::warning, "catalog", "uses-not-written", sentence(written.why()));
  }

  void expect_uses() { tell_later(self_, catalog_actor{self_}, uses_written_every, uses_due{}); }

  result<std::uint64_t> put_away(const store::blob_finding& found) {
    HIVE_TRY(const auto all, db_->all_artifacts());
    for (const auto& a : all) HIVE_CHECK(store::take_out_of_views(deps_.home, a, found.sha256));
    HIVE_CHECK(views_->room().take_out(found.sha256));
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
  caf::result<store::artifact> renew(const artifact_id& id) {
    const auto shown_by = mend(id);
    if (!shown_by) return as_error(shown_by.why());
    auto promise = self_->make_response_promise<store::artifact>();
    const auto left = std::make_shared<std::size_t>(shown_by->size());
    for (const auto& a : *shown_by)
      views_->show_again(a, [this, id, left, promise]() mutable {
        if (--*left > 0) return;
        auto mended = one(id);
        mended ? promise.deliver(std::move(*mended)) : promise.deliver(as_error(mended.why()));
      });
    return promise;
  }

  /// Those that have one of its contents, itself among them.
  result<std::vector<store::artifact>> mend(const artifact_id& id) {
    HIVE_TRY(auto mended, one(id));
    if (!mended.damaged.empty())
      return fail(errc::blob_damaged, mended.damaged.front() + " of " + to_string(mended.what) +
                                          " was damaged again meanwhile");
    mended.verified = wall_now();
    if (!mended.model) models_->look_into(mended);
    HIVE_CHECK(db_->put_artifact(mended, {}));
    by_source_->changed(mended);
    HIVE_TRY(auto all, db_->all_artifacts());
    std::erase_if(all, [&](const auto& a) {
      return a.id != mended.id && (!share_content(a, mended) || !whole(a));
    });
    for (const auto& a : all) HIVE_CHECK(view(a));
    return all;
  }

  result<artifact_list> match(const reference& what) {
    HIVE_TRY(auto all, by_source_->meant_by(what));
    return artifact_list{std::move(all)};
  }

  /// Row first: what is gone from the catalog may leave files behind, never the other way round.
  result<removal> remove(const artifact_id& id) {
    HIVE_TRY(const auto gone, one(id));
    if (gone.pinned)
      return fail(errc::conflict, to_string(gone.what) + " is pinned",
                  "'hive unpin " + id.value + "' first, then remove it");
    if (in_use(holds_, gone) || views_->shows(id))
      return fail(errc::conflict, "a running job uses " + to_string(gone.what),
                  "wait for the job or cancel it, then remove the artifact");
    HIVE_TRY(const auto views, views_->room().views_of(id));
    HIVE_TRY(const auto orphans, db_->remove_artifact(id));
    counts_.reset();
    by_source_->removed(gone);
    uses_.forget(id);
    HIVE_TRY(const auto staying, beside(gone, *db_));
    HIVE_CHECK(store::remove_view(deps_.home, gone, staying));
    views_->room().take_down(views);
    removal done{id, 0};
    for (const auto& sha256 : orphans) {
      HIVE_TRY(const auto freed, remove_content(sha256));
      done.freed += freed;
    }
    log(level::info, "catalog", "artifact-removed",
        to_string(gone.what) + " at " + gone.revision + ", " + format_bytes(done.freed) + " freed");
    return done;
  }

  /// Yields the bytes it had.
  result<std::uint64_t> remove_content(const std::string& sha256) {
    const auto size = store::blob_size(deps_.home, sha256);
    HIVE_TRY(const bool removed, store::remove_blob(deps_.home, sha256));
    // The good pieces of one that was damaged.
    const auto key = "sha256:" + sha256;
    if (!awaited(holds_, key)) store::purge_partial(deps_.home, key);
    return removed ? size.value_or(0) : 0;
  }

  // Cleaning up, in steps: other questions are answered between them.

  caf::result<store::gc_report> clear(const collect_garbage& m) {
    if (clearing_ && !m.dry_run)
      return as_error(fail(errc::conflict, "another gc is under way", "wait until it has ended"));
    take_uses();
    auto here = survey(deps_.home, *db_, holds_, wall_now());
    if (!here) return as_error(here.why());
    for (auto& a : here->artifacts) complete(a.what);
    auto plan = store::plan_gc(*here, m.budget.value_or(deps_.store_budget));
    if (m.dry_run) return plan;
    clearing_.emplace(store::gc_run{std::move(plan)},
                      self_->make_response_promise<store::gc_report>());
    auto answer = clearing_->answer;
    clear_next();
    return answer;
  }

  void clear_next() {
    auto& now = *clearing_;
    if (const auto* entry = now.run.next()) {
      now.run.went(clear_one(*entry));
      tell(self_, catalog_actor{self_}, clearing_step{});
      return;
    }
    auto ended = std::move(*clearing_);
    clearing_.reset();
    ended.answer.deliver(ended.run.so_far());
  }

  /// What has come into use since it was planned stays.
  result<std::uint64_t> clear_one(const store::gc_entry& entry) {
    if (entry.kind == store::gc_kind::artifact) {
      HIVE_TRY(const auto done, remove(artifact_id{entry.name}));
      return done.freed;
    }
    const bool partial = entry.kind == store::gc_kind::partial;
    const auto key = partial ? entry.name : "sha256:" + entry.name;
    HIVE_TRY(const auto holders, db_->holders(partial ? std::string{} : entry.name));
    if (awaited(holds_, key) || counted_on(holds_, entry.name) || !holders.empty())
      return fail(errc::conflict, "a job has come to need it");
    if (!partial) return remove_content(entry.name);
    store::purge_partial(deps_.home, key);
    return entry.bytes;
  }

  result<catalog_counts> count() {
    if (!counts_) {
      HIVE_TRY(counts_, count_stock(*db_));
    }
    auto now = *counts_;
    HIVE_TRY(const auto room, room_beside(nullptr));
    now.disk_promised = store::total(room.promised);
    return now;
  }

  catalog_actor::pointer self_;
  catalog_deps deps_;
  std::unique_ptr<store::database> db_;
  std::optional<store::directory> by_source_;
  std::optional<model_reading> models_;
  std::optional<exhibition> views_;
  claims claims_;
  holds holds_;
  store::use_book uses_;
  std::optional<clearing> clearing_;     ///< empty: no gc is under way
  std::optional<catalog_counts> counts_; ///< of artifacts; empty after a change
};

} // namespace

catalog_actor spawn_catalog(caf::local_actor* parent, catalog_deps deps) {
  return spawn_blocking_child<catalog_state>(parent, std::move(deps));
}

} // namespace hive::actors
