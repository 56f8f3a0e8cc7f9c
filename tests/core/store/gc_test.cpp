#include "core/store/gc.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;

namespace {

/// "k=100": a content of 100 bytes, named k, at the path k.
struct held {
  std::string name;
  std::uint64_t size;
};

gc_artifact held_artifact(const std::string& id, int used, const std::vector<held>& pieces) {
  gc_artifact made;
  made.what.id.value = id;
  made.what.what = parsed("hf:org/" + id);
  made.what.revision = id + "-1";
  made.what.requested = "main";
  made.what.created = wall_time{std::chrono::milliseconds{1}};
  made.what.used = wall_time{std::chrono::milliseconds{used}};
  made.wished = true;
  for (const auto& p : pieces) made.what.files.push_back({p.name, p.name, p.size, {}});
  return made;
}

/// A revision of hf:org/repo@main that came at `created`.
gc_artifact revision(const std::string& id, int created, const std::vector<held>& pieces,
                     bool wished) {
  auto made = held_artifact(id, created, pieces);
  made.what.what = parsed("hf:org/repo");
  made.what.created = *made.what.used;
  made.wished = wished;
  return made;
}

std::string shown(const std::vector<gc_entry>& entries) {
  std::string text;
  for (const auto& entry : entries)
    text += (text.empty() ? "" : ", ") + entry.name + " " + std::string{to_string(entry.reason)} +
            " " + std::to_string(entry.bytes);
  return text;
}

gc_survey of(std::vector<gc_artifact> artifacts) {
  return {std::move(artifacts), {}, {}};
}

} // namespace

TEST_CASE("without a budget only superseded revisions and leftovers go") {
  auto here =
      of({held_artifact("a", 5, {{"k", 100}}), revision("old", 10, {{"x", 10}, {"s", 7}}, false),
          revision("new", 20, {{"y", 20}, {"s", 7}}, true)});
  here.contents = {{"loose", 1000, {}}, {"young", 500, gc_reason::recent}};
  here.partials = {{"sha256:p", 40, {}}, {"url:q", 4, gc_reason::in_use}};
  const auto plan = plan_gc(here, 0);
  CHECK(shown(plan.removed) == "old superseded 10, loose unheld 1000, sha256:p stale 40");
  CHECK(shown(plan.kept) == "young recent 500, url:q in_use 4");
  CHECK(plan.before == 100 + 10 + 7 + 20 + 1500);
  CHECK(plan.freed == 1050);
  CHECK(plan.left == plan.before - 1010); // a partial is no content
  CHECK(over_budget(plan) == 0);
}

TEST_CASE("a revision is superseded by what its reference and branch have come to since") {
  const auto old = revision("old", 10, {{"x", 10}}, false);
  auto newer = revision("new", 20, {{"x2", 20}}, true);
  const auto removed = [&](const gc_artifact& a, const gc_artifact& b) {
    return shown(plan_gc(of({a, b}), 0).removed);
  };
  CHECK(removed(old, newer) == "old superseded 10");
  SECTION("not by another branch") {
    newer.what.requested = "v2";
    CHECK(removed(old, newer).empty());
  }
  SECTION("not by another selection") {
    newer.what.what = parsed("hf:org/repo:Q4_K_M");
    CHECK(removed(old, newer).empty());
  }
  SECTION("not by another repository") {
    newer.what.what = parsed("hf:org/other");
    CHECK(removed(old, newer).empty());
  }
  SECTION("not by other files of the same revision") {
    newer.what.revision = old.what.revision;
    CHECK(removed(old, newer).empty());
  }
  SECTION("not when it was asked for by its commit") {
    auto pinned = old;
    pinned.what.requested.clear();
    newer.what.requested.clear();
    CHECK(removed(pinned, newer).empty());
  }
  SECTION("by the older one when the branch has gone back to it") {
    CHECK(removed(revision("back", 10, {{"x", 10}}, true),
                  revision("gone", 20, {{"y", 1}}, false)) == "gone superseded 1");
  }
  SECTION("still wished for: only by one that has all its files") {
    const auto whole = revision("whole", 10, {{"config", 1}, {"weights", 100}}, true);
    CHECK(removed(whole, revision("part", 20, {{"config", 1}}, true)).empty());
    auto all = revision("all", 20, {{"config", 1}, {"weights", 100}}, true);
    all.what.files[1].sha256 = "weights2";
    CHECK(removed(whole, all) == "whole superseded 100");
  }
}

TEST_CASE("what is superseded but pinned or in use stays, and it is said why") {
  auto pinned = revision("pinned", 10, {{"x", 10}}, false);
  auto used = revision("used", 11, {{"y", 20}}, false);
  pinned.what.pinned = true;
  used.in_use = true;
  const auto plan = plan_gc(of({pinned, used, revision("new", 20, {{"z", 5}}, true)}), 0);
  CHECK(plan.removed.empty());
  CHECK(shown(plan.kept) == "pinned pinned 10, used in_use 20");
  CHECK(plan.left == 35);
}

TEST_CASE("above a budget the least recently used go until the rest fits") {
  struct row {
    std::uint64_t budget;
    std::string removed;
    std::uint64_t left;
  };
  // Used at 10, 20, 30, 40; b and c share 50 bytes.
  const auto at = GENERATE(
      row{0, "", 400}, row{1000, "", 400}, row{400, "", 400}, row{399, "a over_budget 100", 300},
      row{300, "a over_budget 100", 300}, row{299, "a over_budget 100, b over_budget 50", 250},
      row{249, "a over_budget 100, b over_budget 50, c over_budget 150", 100},
      row{1, "a over_budget 100, b over_budget 50, c over_budget 150, d over_budget 100", 0});
  const auto plan = plan_gc(
      of({held_artifact("d", 40, {{"d", 100}}), held_artifact("b", 20, {{"b", 50}, {"s", 50}}),
          held_artifact("c", 30, {{"c", 100}, {"s", 50}}), held_artifact("a", 10, {{"a", 100}})}),
      at.budget);
  CHECK(shown(plan.removed) == at.removed);
  CHECK(plan.left == at.left);
  CHECK(plan.kept.empty());
}

TEST_CASE("one that was never used counts from when it came") {
  auto fresh = held_artifact("fresh", 0, {{"f", 10}});
  fresh.what.used.reset();
  fresh.what.created = wall_time{std::chrono::milliseconds{50}};
  const auto plan = plan_gc(of({fresh, held_artifact("a", 40, {{"a", 10}})}), 10);
  CHECK(shown(plan.removed) == "a over_budget 10");
}

TEST_CASE("pinned and running artifacts never go for a budget, and what is still over it is said") {
  auto pinned = held_artifact("pinned", 1, {{"p", 100}});
  auto used = held_artifact("used", 2, {{"u", 100}});
  pinned.what.pinned = true;
  used.in_use = true;
  const auto plan = plan_gc(of({pinned, used, held_artifact("free", 9, {{"f", 30}})}), 150);
  CHECK(shown(plan.removed) == "free over_budget 30");
  CHECK(shown(plan.kept) == "pinned pinned 100, used in_use 100");
  CHECK(over_budget(plan) == 50);
}

TEST_CASE("an artifact that would free nothing is left alone") {
  auto pinned = held_artifact("pinned", 30, {{"s", 100}});
  pinned.what.pinned = true;
  const auto same = held_artifact("same", 1, {{"s", 100}});
  const auto other = held_artifact("other", 2, {{"o", 10}});
  CHECK(shown(plan_gc(of({same, other, pinned}), 100).removed) == "other over_budget 10");
  SECTION("unless it is superseded") {
    const auto plan = plan_gc(
        of({revision("old", 1, {{"s", 100}}, false), revision("new", 2, {{"s", 100}}, true)}), 0);
    CHECK(shown(plan.removed) == "old superseded 0");
  }
}

TEST_CASE("a damaged content takes no room") {
  auto a = held_artifact("a", 1, {{"x", 100}, {"y", 10}});
  a.what.damaged = {"x"};
  const auto plan = plan_gc(of({a}), 5);
  CHECK(plan.before == 10);
  CHECK(shown(plan.removed) == "a over_budget 10");
}

TEST_CASE("a failing step is told and does not stop the rest") {
  auto here = of({held_artifact("a", 1, {{"a", 100}}), held_artifact("b", 2, {{"b", 10}}),
                  held_artifact("c", 3, {{"c", 5}})});
  here.partials = {{"sha256:p", 40, {}}};
  gc_run run{plan_gc(here, 1)};
  REQUIRE(run.next()->name == "a");
  run.went(fail(errc::disk_failed, "no way"));
  run.went(fail(errc::conflict, "a job has come"));
  REQUIRE(run.next()->name == "c");
  run.went(std::uint64_t{5});
  run.went(std::uint64_t{40});
  CHECK(run.next() == nullptr);
  const auto& done = run.so_far();
  CHECK(shown(done.removed) == "c over_budget 5, sha256:p stale 40");
  CHECK(shown(done.kept) == "a failed 100, b in_use 10");
  CHECK(done.kept[0].detail == "no way");
  CHECK(done.freed == 45);
  CHECK(done.left == 110);
  CHECK(over_budget(done) == 109);
}
