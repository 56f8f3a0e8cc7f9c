/// What the catalog keeps, and what a gc takes.
#include "core/store/blob_store.hpp"
#include "core/store/partial.hpp"
#include "core/store/views.hpp"
#include "tests/actors/shop.hpp"

namespace hive::actors {
namespace {

TEST_CASE("a pinned artifact is removed only once it is unpinned") {
  shop s;
  const auto a = s.stock("a", {"one"});
  CHECK(s.world.ask<store::artifact>(s.catalog, change_artifact{a.id, {true, false}})->pinned);
  const auto refused = s.world.ask<removal>(s.catalog, remove_artifact{a.id}).get();
  CHECK(refused.why().code == errc::conflict);
  CHECK(refused.why().hint.find("hive unpin") != std::string::npos);
  CHECK(s.world.ask<store::artifact>(s.catalog, change_artifact{a.id, {{}, true}})->pinned);
  CHECK_FALSE(s.world.ask<store::artifact>(s.catalog, change_artifact{a.id, {false, {}}})->pinned);
  CHECK(s.world.ask<removal>(s.catalog, remove_artifact{a.id})->freed == 3);
  CHECK(
      s.world.ask<store::artifact>(s.catalog, change_artifact{a.id, {true, {}}}).get().why().code ==
      errc::not_found);
}

TEST_CASE("a use is shown at once and written within a minute, or at the stop") {
  shop s;
  const auto a = s.stock("a", {"one"});
  const auto b = s.stock("b", {"two"});
  const auto stored = [&](const store::artifact& what) {
    return s.database()->get_artifact(what.id).value()->used;
  };
  const auto shown = [&](const store::artifact& what) {
    return s.world.ask<store::artifact>(s.catalog, query_artifact{what.id})->used;
  };
  CHECK_FALSE(shown(a));
  const auto served = wall_now() + 5s;
  s.uses->note_content(sha256_hex("one"), served);
  CHECK(shown(a) == served);
  s.world.pass(59s);
  CHECK_FALSE(stored(a));
  s.world.pass(1s);
  CHECK(stored(a) == served);
  CHECK_FALSE(stored(b));

  s.world.ask<artifact_found>(s.catalog, find_wish{wish_key(named("hf:org/b"), {})});
  CHECK(shown(b)); // a pull found it here
  s.uses->note(a.id, served + 1s);
  s.close();
  CHECK(stored(b));
  CHECK(stored(a) == served + 1s);
}

TEST_CASE("a path that was told counts as a use") {
  shop s;
  const auto a = s.stock("a", {"one"});
  CHECK(s.world.ask<store::artifact>(s.catalog, change_artifact{a.id, {{}, true}})->used);
}

TEST_CASE("a gc removes what its dry run names, least recently used first, down to the budget") {
  shop s{0, 7};
  const auto a = s.stock("a", {"one", "shared"});
  const auto b = s.stock("b", {"three", "shared"});
  const auto now = wall_now();
  s.uses->note(a.id, now + 2h);
  s.uses->note(b.id, now + 1h);
  const auto gc = [&](bool dry, std::optional<std::uint64_t> budget) {
    return *s.world.ask<store::gc_report>(s.catalog, collect_garbage{dry, budget});
  };
  const auto here = [&] {
    return s.world.ask<catalog_counts>(s.catalog, count_artifacts{})->bytes;
  };
  CHECK(gc(true, 0).removed.empty());
  const auto plan = gc(true, 12);
  REQUIRE(plan.removed.size() == 1);
  CHECK(plan.removed[0].name == b.id.value);
  CHECK(plan.removed[0].bytes == 5);
  CHECK(here() == 14);
  CHECK(gc(false, 12) == plan);
  CHECK(here() == 9);
  CHECK_FALSE(store::blob_size(s.home, sha256_hex("three")));
  CHECK(store::blob_size(s.home, sha256_hex("shared")));
  const auto rest = gc(false, std::nullopt); // the setting: 7
  CHECK(rest.freed == 9);
  CHECK(rest.left == 0);
}

TEST_CASE("a gc spares what is pinned and what a running job counts on, and says so") {
  shop s;
  const auto pinned = s.stock("a", {"one"});
  const auto used = s.stock("b", {"two"});
  s.stock("c", {"three"});
  s.world.ask<store::artifact>(s.catalog, change_artifact{pinned.id, {true, {}}});
  const auto job = s.customer();
  s.ask_as<plan_checked>(job, check_plan{s.plan("d", {"two", "four"})});
  const auto report = s.world.ask<store::gc_report>(s.catalog, collect_garbage{false, 1});
  CHECK(report->freed == 5);
  CHECK(report->left == 6);
  REQUIRE(report->kept.size() == 2);
  CHECK(report->kept[0].reason == store::gc_reason::pinned);
  CHECK(report->kept[1].name == used.id.value);
  CHECK(report->kept[1].reason == store::gc_reason::in_use);
}

TEST_CASE("the revision a branch has left goes, and the view of the new one stays") {
  shop s;
  s.put("config");
  s.put("old");
  s.put("new");
  auto before = s.plan("a", {"config", "old"});
  before.revision = std::string(40, 'a');
  const auto old = s.take_in(before);
  const auto fresh = s.take_in(s.plan("a", {"config", "new"}));
  const auto report = s.world.ask<store::gc_report>(s.catalog, collect_garbage{});
  REQUIRE(report->removed.size() == 1);
  CHECK(report->removed[0].name == old.id.value);
  CHECK(report->removed[0].reason == store::gc_reason::superseded);
  CHECK(report->freed == 3);
  CHECK(store::view_complete(s.home, fresh));
  CHECK_FALSE(std::filesystem::exists(store::view_path(s.home, old)));
}

TEST_CASE("between the steps of a gc other questions are answered, and only one runs at a time") {
  shop s;
  for (const auto* repo : {"a", "b", "c"}) s.stock(repo, {repo});
  std::vector<std::string> order;
  s.world.perform_now([&](caf::event_based_actor* self) {
    const auto ignore = [](caf::error&) {};
    self->request(s.catalog, 1h, collect_garbage{false, 1})
        .then(
            [&](store::gc_report& done) {
              order.push_back("gc " + std::to_string(done.removed.size()));
            },
            ignore);
    self->request(s.catalog, 1h, collect_garbage{false, 1})
        .then([&](store::gc_report&) { order.emplace_back("second"); },
              [&](caf::error& why) { order.emplace_back(to_string(as_failure(why).code)); });
    self->request(s.catalog, 1h, count_artifacts{})
        .then(
            [&](catalog_counts& now) {
              order.push_back("counted " + std::to_string(now.artifacts));
            },
            ignore);
  });
  CHECK(order == std::vector<std::string>{"conflict", "counted 2", "gc 2"});
}

TEST_CASE("one removal that fails does not stop a gc") {
  shop s;
  s.stock("a", {"one"});
  s.stock("b", {"two"});
  const auto blob = s.home.blob(sha256_hex("one"));
  std::filesystem::remove(blob);
  std::filesystem::create_directories(blob / "in the way");
  const auto report = s.world.ask<store::gc_report>(s.catalog, collect_garbage{false, 1});
  REQUIRE(report->removed.size() == 1);
  CHECK(report->freed == 3);
  REQUIRE(report->kept.size() == 1);
  CHECK(report->kept[0].reason == store::gc_reason::failed);
  CHECK_FALSE(report->kept[0].detail.empty());
  CHECK_FALSE(store::blob_size(s.home, sha256_hex("two")));
}

TEST_CASE("leftovers go after a day, unless a job that has not ended may go on with them") {
  shop s;
  const auto aged = [&](const std::filesystem::path& what) {
    std::filesystem::last_write_time(what, std::filesystem::file_time_type::clock::now() - 25h);
  };
  s.put("young");
  aged(s.home.blob(s.put("old one")));
  aged(s.home.blob(s.put("wanted")));
  const auto part = "sha256:" + sha256_hex("part");
  std::ignore = store::partial::open(s.home, part, 8192);
  job_record job;
  job.id = job_id{new_ulid()};
  job.asked = pull("hf:org/a");
  job.state = job_state::paused;
  job.created = wall_now() - 1h;
  job.contents = {{"sha256:" + sha256_hex("wanted"), 6}};
  REQUIRE(s.database()->put_job(job));
  const auto report = s.world.ask<store::gc_report>(s.catalog, collect_garbage{});
  CHECK(report->freed == 7);
  CHECK_FALSE(store::blob_size(s.home, sha256_hex("old one")));
  CHECK(store::blob_size(s.home, sha256_hex("wanted")));
  CHECK(store::blob_size(s.home, sha256_hex("young")));
  CHECK(report->kept.size() == 2);
  for (const auto& one : report->kept) CHECK(one.reason == store::gc_reason::in_use);

  job.state = job_state::cancelled;
  REQUIRE(s.database()->put_job(job));
  const auto again = s.world.ask<store::gc_report>(s.catalog, collect_garbage{});
  REQUIRE(again->kept.size() == 1);
  CHECK(again->kept[0].reason == store::gc_reason::recent);
  CHECK_FALSE(store::blob_size(s.home, sha256_hex("wanted")));
}

} // namespace
} // namespace hive::actors
