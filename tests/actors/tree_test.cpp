#include "actors/actor_listing.hpp"
#include "actors/protocol.hpp"
#include "actors/spelling.hpp"
#include "tests/actors/living_node.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <thread>

namespace hive::actors {
namespace {

/// Lives until told to stop.
class bystander {
 public:
  using handle = build_actor;
  static constexpr const char* name = "bystander";
  explicit bystander(build_actor::pointer) {}
  static build_actor::behavior_type make_behavior() {
    return {[](const build_step&) {}};
  }
};

} // namespace

TEST_CASE("every actor of a node is listed under its parent, with nobody missing") {
  const auto path = tiny_hub::path_of("org/a", "weights.bin");
  const auto door = std::make_shared<testing::gate>();
  tiny_hub hub;
  hub.add("org/a", {{"weights.bin", 3, 2 << 20}});
  hub.at.behave(path, {.hold = door});
  living_node here{hub};
  const auto job = here.submit("hf:org/a");
  REQUIRE(job);
  REQUIRE(hub.at.wait_for_requests(path, 1));

  const auto page = here.actors({.limit = 1000});
  REQUIRE(page);
  CHECK(page->alive == page->actors.size());
  std::map<std::uint64_t, std::string> names{{0, "nobody"}};
  for (const auto& one : page->actors) names[one.id] = one.name;
  std::map<std::string, std::string> parents;
  for (const auto& one : page->actors) {
    REQUIRE(names.contains(one.parent));
    parents[one.name] = names[one.parent];
    const bool of_job = one.name == "job" || one.name == "download" || one.name == "heartbeat";
    CHECK((one.job == job->id) == of_job);
  }
  const std::map<std::string, std::string> expected{
      {"gateway", "nobody"},       {"supervisor", "nobody"},
      {"sentry", "supervisor"},    {"ledger", "supervisor"},
      {"narrator", "supervisor"},  {"catalog", "supervisor"},
      {"desk", "supervisor"},      {"vendor", "desk"},
      {"shelf", "supervisor"},     {"limits", "supervisor"},
      {"queue", "supervisor"},     {"pulse", "supervisor"},
      {"transfer", "shelf"},       {"job", "queue"},
      {"download", "job"},         {"heartbeat", "job"},
      {"inspector", "supervisor"}, {"exhibitor", "catalog"},
      {"cluster", "supervisor"},   {"swarm", "supervisor"}};
  for (const auto& [name, parent] : parents) UNSCOPED_INFO(name << " under " << parent);
  CHECK(parents == expected);

  // The transfer says where its bytes come from.
  const auto seen = here.actor(here.only("transfer"));
  REQUIRE(seen);
  REQUIRE(seen->self);
  const auto& rows = seen->self->rows();
  CHECK(std::ranges::any_of(
      rows, [&](const auto& row) { return row.name == "origin" && row.text == hub.at.url(); }));

  for (const auto* root : {"gateway", "supervisor"})
    CHECK(here.act(here.only(root), actor_action::restart).why().code == errc::conflict);

  door->open();
  REQUIRE(here.ended(job->id));
  const auto after = here.actors({.limit = 1000});
  REQUIRE(after);
  for (const auto& one : after->actors) CHECK(one.job.empty());
}

TEST_CASE(
    "nobody is listed after its death, or missing while alive, however fast they come and go") {
  know_types();
  system_config config;
  config.set("caf.scheduler.policy", "sharing");
  config.set("caf.scheduler.max-threads", 2);
  caf::actor_system system{config};
  auto& people = *config.people;
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> strangers{0};
  std::atomic<std::uint64_t> steps_back{0};
  std::thread looker{[&] {
    const samples none;
    std::uint64_t handled = 0;
    while (!over) {
      people.watch(true);
      const auto page =
          list_actors(people, none, {.limit = 1000}, std::chrono::steady_clock::now());
      for (const auto& one : page.actors) strangers += one.name == "bystander" ? 0U : 1U;
      for (const auto& sum : people.totals()) {
        steps_back += sum.handled < handled ? 1U : 0U;
        handled = sum.handled;
      }
      people.watch(false);
    }
  }};
  for (int round = 0; round < 20; ++round) {
    std::vector<build_actor> all;
    for (int i = 0; i < 100; ++i) all.push_back(spawn_first<bystander>(system));
    for (const auto& one : all) post(one, build_step{});
    CHECK(people.size() == 100);
    for (const auto& one : all) CHECK(people.find(one.id()) == one);
    std::latch told{100};
    for (const auto& one : all) one->attach_functor([&told] { told.count_down(); });
    for (const auto& one : all) order_stop(one, stop_reason::finished);
    std::vector<std::uint64_t> ids;
    for (const auto& one : all) ids.push_back(one.id());
    all.clear();
    told.wait();
    CHECK(people.size() == 0);
    for (const auto id : ids) CHECK_FALSE(people.find(id));
  }
  over = true;
  looker.join();
  CHECK(strangers == 0);
  CHECK(steps_back == 0);
  for (const auto& sum : people.totals()) {
    CHECK(sum.name == "bystander");
    CHECK(sum.alive == 0);
    CHECK(sum.depth == 0);
  }
}

} // namespace hive::actors
