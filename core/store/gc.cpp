#include "core/store/gc.hpp"

#include "core/store/directory.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace hive::store {

namespace {

wall_time last_touched(const artifact& a) {
  return std::max(a.created, a.used.value_or(a.created));
}

/// What two revisions of one thing have in common.
auto line_of(const artifact& a) {
  return std::tuple{source_of(a.what), a.what.selector, a.requested};
}

std::set<std::string_view> paths_of(const artifact& a) {
  std::set<std::string_view> out;
  for (const auto& file : a.files) out.insert(file.path);
  return out;
}

bool covers(const artifact& newer, const artifact& older) {
  return std::ranges::includes(paths_of(newer), paths_of(older));
}

/// One that some wish still finds gives way only to one that has all its files: a later pull with
/// --include must not cost the whole.
bool supersedes(const gc_artifact& newer, const gc_artifact& older) {
  if (!newer.wished || newer.what.revision == older.what.revision) return false;
  return !older.wished ||
         (newer.what.created > older.what.created && covers(newer.what, older.what));
}

/// A plan in the making.
class planning {
 public:
  planning(const gc_survey& here, std::uint64_t budget) : here_(here) {
    plan_.budget = budget;
    for (const auto& a : here.artifacts) by_age_.push_back(&a);
    std::ranges::sort(by_age_, {}, [](const gc_artifact* a) {
      return std::tuple{last_touched(a->what), a->what.id};
    });
    count_contents();
  }

  gc_report run() {
    leftovers(here_.contents, gc_kind::content, gc_reason::unheld);
    leftovers(here_.partials, gc_kind::partial, gc_reason::stale);
    auto leftovers_go = std::exchange(plan_.removed, {});
    superseded();
    if (plan_.budget > 0) fit_budget();
    std::ranges::move(leftovers_go, std::back_inserter(plan_.removed));
    for (const auto& entry : plan_.removed) plan_.freed += entry.bytes;
    return std::move(plan_);
  }

 private:
  struct content {
    std::uint64_t size{0};
    std::size_t holders{0};
  };

  static std::set<std::string> contents_of(const artifact& a) {
    std::set<std::string> out;
    for (const auto& file : a.files) out.insert(file.sha256);
    return out;
  }

  void count_contents() {
    for (const auto& a : here_.artifacts) {
      for (const auto& file : a.what.files) {
        const bool stands = std::ranges::find(a.what.damaged, file.path) == a.what.damaged.end();
        contents_[file.sha256].size = stands ? file.size : 0;
      }
      for (const auto& sha256 : contents_of(a.what)) ++contents_[sha256].holders;
    }
    for (const auto& [sha256, one] : contents_) plan_.before += one.size;
    for (const auto& one : here_.contents) plan_.before += one.bytes;
    plan_.left = plan_.before;
  }

  void leftovers(const std::vector<gc_leftover>& all, gc_kind kind, gc_reason why) {
    for (const auto& one : all) {
      auto& list = one.keep ? plan_.kept : plan_.removed;
      list.push_back({kind, one.name, {}, {}, one.keep.value_or(why), one.bytes});
      if (!one.keep && kind == gc_kind::content) plan_.left -= one.bytes;
    }
  }

  static std::optional<gc_reason> protection(const gc_artifact& a) {
    if (a.what.pinned) return gc_reason::pinned;
    if (a.in_use) return gc_reason::in_use;
    return std::nullopt;
  }

  static gc_entry entry_of(const artifact& a, gc_reason why, std::uint64_t bytes) {
    return {gc_kind::artifact, a.id.value, to_string(a.what), a.revision, why, bytes};
  }

  /// Bytes nobody else of those that remain has.
  std::uint64_t alone(const artifact& a) const {
    std::uint64_t sum = 0;
    for (const auto& sha256 : contents_of(a)) {
      const auto& one = contents_.at(sha256);
      if (one.holders == 1) sum += one.size;
    }
    return sum;
  }

  void remove(const gc_artifact& a, gc_reason why) {
    const auto freed = alone(a.what);
    for (const auto& sha256 : contents_of(a.what)) --contents_[sha256].holders;
    plan_.left -= freed;
    plan_.removed.push_back(entry_of(a.what, why, freed));
    gone_.insert(a.what.id);
  }

  void superseded() {
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<const gc_artifact*>>
        lines;
    for (const auto* a : by_age_)
      if (!a->what.requested.empty()) lines[line_of(a->what)].push_back(a);
    for (const auto* a : by_age_) {
      if (a->what.requested.empty()) continue;
      const auto& line = lines.at(line_of(a->what));
      if (std::ranges::none_of(line, [&](const auto* b) { return supersedes(*b, *a); })) continue;
      if (const auto why = protection(*a)) {
        plan_.kept.push_back(entry_of(a->what, *why, alone(a->what)));
        gone_.insert(a->what.id); // spoken of already
      } else {
        remove(*a, gc_reason::superseded);
      }
    }
  }

  void fit_budget() {
    std::vector<const gc_artifact*> taken;
    const auto before = plan_.removed.size();
    for (const auto* a : by_age_) {
      if (plan_.left <= plan_.budget) break;
      if (gone_.contains(a->what.id) || protection(*a)) continue;
      remove(*a, gc_reason::over_budget);
      taken.push_back(a);
    }
    for (auto at = taken.size(); at-- > 0;) put_back_if_free(*taken[at], before + at);
    if (plan_.left <= plan_.budget) return;
    for (const auto* a : by_age_)
      if (const auto why = protection(*a); why && !gone_.contains(a->what.id))
        plan_.kept.push_back(entry_of(a->what, *why, alone(a->what)));
  }

  void put_back_if_free(const gc_artifact& a, std::size_t at) {
    const auto mine = contents_of(a.what);
    if (std::ranges::any_of(mine, [&](const auto& c) { return contents_[c].holders == 0; })) return;
    for (const auto& sha256 : mine) ++contents_[sha256].holders;
    plan_.removed.erase(plan_.removed.begin() + static_cast<std::ptrdiff_t>(at));
  }

  const gc_survey& here_;
  gc_report plan_;
  std::vector<const gc_artifact*> by_age_; ///< least recently used first
  std::map<std::string, content> contents_;
  std::set<artifact_id> gone_; ///< by this plan, or listed as kept
};

} // namespace

std::string_view to_string(gc_kind k) noexcept {
  switch (k) {
  case gc_kind::artifact: return "artifact";
  case gc_kind::content: return "content";
  case gc_kind::partial: return "partial";
  }
  return "content";
}

std::string_view to_string(gc_reason r) noexcept {
  switch (r) {
  case gc_reason::superseded: return "superseded";
  case gc_reason::over_budget: return "over_budget";
  case gc_reason::unheld: return "unheld";
  case gc_reason::stale: return "stale";
  case gc_reason::pinned: return "pinned";
  case gc_reason::in_use: return "in_use";
  case gc_reason::recent: return "recent";
  case gc_reason::failed: return "failed";
  }
  return "failed";
}

std::uint64_t over_budget(const gc_report& of) noexcept {
  return of.budget > 0 && of.left > of.budget ? of.left - of.budget : 0;
}

gc_report plan_gc(const gc_survey& here, std::uint64_t budget) {
  return planning{here, budget}.run();
}

gc_run::gc_run(gc_report plan) : todo_(std::move(plan.removed)) {
  done_.budget = plan.budget;
  done_.kept = std::move(plan.kept);
  done_.before = done_.left = plan.before;
}

const gc_entry* gc_run::next() const noexcept {
  return at_ < todo_.size() ? &todo_[at_] : nullptr;
}

void gc_run::went(const result<std::uint64_t>& freed) {
  auto entry = std::move(todo_[at_++]);
  if (!freed) {
    entry.reason = freed.why().code == errc::conflict ? gc_reason::in_use : gc_reason::failed;
    entry.detail = freed.why().detail;
    done_.kept.push_back(std::move(entry));
    return;
  }
  entry.bytes = *freed;
  done_.freed += *freed;
  if (entry.kind != gc_kind::partial) done_.left -= std::min(done_.left, *freed);
  done_.removed.push_back(std::move(entry));
}

} // namespace hive::store
