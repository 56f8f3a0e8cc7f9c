/// Artifacts in other tools' folders, as the catalog keeps them.
#include "core/store/blob_store.hpp"
#include "tests/actors/shop.hpp"

namespace hive::actors {
namespace {

namespace fs = std::filesystem;

view_wish plain(const shop& s) {
  return {tool::dir, s.scratch.path / "plain"};
}

std::vector<store::view_sight> show(shop& s, const artifact_id& id) {
  return s.world.ask<artifact_shown>(s.catalog, show_artifact{id, {plain(s)}})->views;
}

std::vector<store::view_sight> views_of(shop& s, const artifact_id& id) {
  return s.world.ask<store::artifact>(s.catalog, query_artifact{id})->views;
}

TEST_CASE("a view is shown with its artifact, also after a restart, and goes with it") {
  shop s;
  const auto a = s.stock("a", {"one"});
  REQUIRE(show(s, a.id).size() == 1);
  const auto file = s.scratch.path / "plain" / "file-0.bin";
  CHECK(fs::exists(file));
  s.close();
  s.open();
  REQUIRE(views_of(s, a.id).size() == 1);
  CHECK(views_of(s, a.id).at(0).state == store::view_state::stands);
  CHECK(s.world.ask<removal>(s.catalog, remove_artifact{a.id})->freed == 3);
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("one view is taken away alone, but not while a job uses the artifact") {
  shop s;
  const auto a = s.stock("a", {"one"});
  show(s, a.id);
  const auto file = s.scratch.path / "plain" / "file-0.bin";
  artifact_change away;
  away.views_to_remove.push_back(plain(s));
  const auto job = s.customer();
  s.ask_as<plan_checked>(job, check_plan{s.plan("a", {"one"})});
  const auto busy = s.world.ask<store::artifact>(s.catalog, change_artifact{a.id, away}).get();
  REQUIRE_FALSE(busy);
  CHECK(busy.why().code == errc::conflict);
  CHECK(fs::exists(file));
  s.leave(job);
  const auto left = s.world.ask<store::artifact>(s.catalog, change_artifact{a.id, away});
  CHECK(left->views.empty());
  CHECK_FALSE(fs::exists(file));
  CHECK(s.world.ask<store::artifact>(s.catalog, query_artifact{a.id})->files.size() == 1);
  const auto again = s.world.ask<store::artifact>(s.catalog, change_artifact{a.id, away}).get();
  REQUIRE_FALSE(again);
  CHECK(again.why().code == errc::not_found);
}

TEST_CASE("a view that cannot be made costs the artifact nothing") {
  shop s;
  const auto a = s.stock("a", {"one"});
  std::ofstream{s.scratch.path / "plain"} << "in the way";
  CHECK(show(s, a.id).at(0).state == store::view_state::failed);
  CHECK(views_of(s, a.id).at(0).state == store::view_state::failed);
  CHECK(s.world.ask<removal>(s.catalog, remove_artifact{a.id})->freed == 3);
}

TEST_CASE("what is damaged leaves every view, and comes back mended") {
  shop s;
  const auto a = s.stock("a", {"one"});
  show(s, a.id);
  const auto file = s.scratch.path / "plain" / "file-0.bin";
  damage found{{sha256_hex("one"), 3, true, {}, false, false}, {"file-0.bin"}};
  s.world.ask<contents_set_aside>(s.catalog, set_aside_contents{{found}});
  CHECK_FALSE(fs::exists(file));
  s.put("one");
  const auto mended = s.world.ask<store::artifact>(s.catalog, renew_artifact{a.id});
  CHECK(mended->views.at(0).state == store::view_state::stands);
  CHECK(fs::exists(file));
}

TEST_CASE("an artifact that is not here is shown to nobody") {
  shop s;
  const auto got =
      s.world.ask<artifact_shown>(s.catalog, show_artifact{artifact_id{"none"}, {plain(s)}}).get();
  CHECK(got.why().code == errc::not_found);
}

TEST_CASE("the usual views are made when a job says none, and a job's own are all it makes") {
  tiny_hub hub;
  hub.add("org/m", {{"m.bin", 1, 5000}});
  scratch_home elsewhere;
  const auto usual = "dir:" + (elsewhere.path / "usual").string();
  living_node node{hub, [&](node_options& o) { o.views = usual; }};
  const auto first = node.submit("hf:org/m");
  REQUIRE(first);
  REQUIRE(node.heard().wait_for(first->id, "view-made"));
  CHECK(node.ended(first->id)->state == job_state::succeeded);
  CHECK(fs::file_size(elsewhere.path / "usual" / "m.bin") == 5000);

  auto own = living_node::pull("hf:org/m"); // here already
  own.views.emplace().push_back({tool::dir, elsewhere.path / "own"});
  own.views->push_back({tool::ollama, {}});
  const auto second = node.submit(own);
  REQUIRE(node.heard().wait_for(second->id, "view-not-made"));
  CHECK(node.ended(second->id)->state == job_state::succeeded);
  CHECK(fs::exists(elsewhere.path / "own" / "m.bin"));
  const auto told = node.heard().all();
  CHECK(std::ranges::any_of(told, [](const event_ptr& e) {
    return e->what.action == "view-not-made" &&
           e->what.human.find("ollama:hf.co/org/m") != std::string::npos;
  }));
}

TEST_CASE("a node whose usual views cannot be does not start") {
  scratch_home home;
  node_options options;
  options.home.root = home.path;
  options.views = "ollama,nowhere";
  const auto started = node::start(options);
  REQUIRE_FALSE(started);
  CHECK(started.why().code == errc::bad_config);
  CHECK(started.why().detail.find("nowhere") != std::string::npos);
}

} // namespace
} // namespace hive::actors
