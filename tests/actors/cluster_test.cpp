// The cluster of a node without links: what it does for itself.
#include "actors/cluster.hpp"
#include "actors/hive_inspect.hpp"
#include "actors/queue.hpp"
#include "actors/wishes.hpp"
#include "tests/actors/living_node.hpp"
#include "tests/actors/neighbours.hpp"

namespace hive::actors {
namespace {

cluster::row_ptr other_member(const std::string& name) {
  cluster::profile who;
  who.id = node_id{new_ulid()};
  who.name = name;
  cluster::member_row row;
  row.who = std::make_shared<const cluster::profile>(std::move(who));
  row.incarnation = 1;
  row.life = cluster::lifecycle::up;
  return cluster::sealed(std::move(row));
}

/// A real queue whose vendor is a mock, and the cluster above it.
struct cluster_bench {
  scratch_home scratch;
  store::home home{scratch.path};
  actor_world world;
  stand_ins around{world};
  node_id self{new_ulid()};
  queue_actor queue;
  cluster_actor at;

  explicit cluster_bench(std::vector<cluster::row_ptr> known = {}) {
    REQUIRE(store::prepare(home));
    queue = world.spawn([&](caf::local_actor* parent) {
      queue_deps deps{around.ledger, around.narrator, around.catalog,
                      around.desk,   around.shelf,    around.limits,
                      home};
      deps.retry = {.first = 1000ms, .ceiling = 1000ms, .tries = 1};
      return spawn_queue(parent, deps);
    });
    const auto pulse = world.mock<pulse_actor>([](const take_pulse&) { return pulse_taken{}; },
                                               [](const tick&) {}, [](const look_for_devices&) {});
    at = world.spawn([&](caf::local_actor* parent) {
      cluster_deps deps;
      deps.self = self;
      deps.name = "ada";
      deps.known = known;
      deps.seed = 7;
      deps.narrator = around.narrator;
      deps.pulse = pulse;
      deps.rooms.queue = queue;
      return spawn_cluster(parent, deps);
    });
    world.settle();
  }
  ~cluster_bench() {
    order_stop(at, stop_reason::node_stopping);
    order_stop(queue, stop_reason::node_stopping);
    world.settle();
  }

  void pass(std::chrono::seconds time) {
    for (auto left = time; left > 0s; left -= 1s) world.pass(1s);
  }
  /// Yields its id.
  std::string wish(const std::string& ref) {
    auto record = *record_of(pull(ref), {cluster::placement_kind::all, {}, 0}, self);
    static_cast<void>(*world.ask<wish_placed>(at, place_wish{record}));
    return record.id;
  }
  /// Empty: there is no answer yet.
  std::shared_ptr<std::optional<outcome>> confirm() {
    auto got = std::make_shared<std::optional<outcome>>();
    world.perform_now([&](caf::event_based_actor* by) {
      by->request(at, 1h, confirm_majority{})
          .then([got] { got->emplace(); },
                [got](caf::error& why) { got->emplace(as_failure(why)); });
    });
    return got;
  }
  wishes_shown wishes(std::size_t limit = 10, std::string cursor = {}) {
    return *world.ask<wishes_shown>(at, list_wishes{limit, std::move(cursor)});
  }
};

} // namespace

TEST_CASE("a wish whose job failed is tried again, later each time, until it succeeds") {
  cluster_bench b;
  for (int i = 0; i < 3; ++i)
    b.around.resolve.failures.push_back(fail(errc::repo_missing, "it is not there yet"));
  const auto id = b.wish("hf:org/a");
  b.pass(10s);
  CHECK(b.around.resolve.asked == 1);
  REQUIRE(b.wishes().items.size() == 1);
  const auto first = b.wishes().items.front();
  CHECK(first.record.id == id);
  CHECK(first.on == "all");
  CHECK(first.holders == std::vector<std::string>{"ada"});
  CHECK(first.state == job_state::failed);
  CHECK(first.failures == 1);
  CHECK(first.next_try);
  // The first wait is between half a minute and a whole one, the next ones twice as long.
  b.pass(15s);
  CHECK(b.around.resolve.asked == 1);
  b.pass(50s);
  CHECK(b.around.resolve.asked == 2);
  CHECK(b.wishes().items.front().failures == 2);
  b.pass(20s);
  CHECK(b.around.resolve.asked == 2);
  b.pass(110s);
  CHECK(b.around.resolve.asked == 3);
  b.pass(300s);
  CHECK(b.around.resolve.asked == 4);
  const auto last = b.wishes().items.front();
  CHECK(last.state == job_state::succeeded);
  CHECK(last.job == first.job);
  CHECK_FALSE(last.next_try);
  b.pass(3600s);
  CHECK(b.around.resolve.asked == 4);
}

TEST_CASE("a withdrawn wish is begun by nobody, and its job is cancelled") {
  cluster_bench b;
  b.around.resolve.holds = true; // the vendor does not answer
  const auto id = b.wish("hf:org/a");
  b.pass(10s);
  const auto job = b.wishes().items.front().job;
  REQUIRE_FALSE(job.empty());
  const auto gone = b.world.ask<wish_shown>(b.at, withdraw_wish{id});
  CHECK(gone->record.removed);
  CHECK(gone->holders.empty());
  b.pass(2s);
  CHECK(b.around.ledger_of.jobs.at(job).state == job_state::cancelled);
  CHECK(b.wishes().items.empty());
  CHECK(b.world.ask<wish_shown>(b.at, withdraw_wish{id})->record.removed);
  b.pass(600s);
  CHECK(b.around.resolve.asked == 1);
  const auto unknown = b.world.ask<wish_shown>(b.at, withdraw_wish{new_ulid()});
  CHECK(unknown.get().why().code == errc::not_found);
}

TEST_CASE("wishes are listed newest first, in pages") {
  cluster_bench b;
  std::vector<std::string> ids;
  for (const auto* ref : {"hf:org/a", "hf:org/b", "hf:org/c"}) ids.push_back(b.wish(ref));
  const auto first = b.wishes(2);
  REQUIRE(first.items.size() == 2);
  CHECK(first.items[0].record.id == ids[2]);
  CHECK(first.next == ids[1]);
  const auto rest = b.wishes(2, first.next);
  REQUIRE(rest.items.size() == 1);
  CHECK(rest.items[0].record.id == ids[0]);
  CHECK(rest.next.empty());
}

TEST_CASE("a node alone has the majority, and one that has just begun waits for its first links") {
  cluster_bench alone;
  const auto sure = alone.confirm();
  REQUIRE(*sure);
  CHECK(**sure);
  const auto counted = alone.world.ask<member_counts>(alone.at, count_members{});
  CHECK(counted->by_state.at("up") == 1);
  CHECK(counted->by_state.at("down") == 0);

  cluster_bench b{{other_member("bob")}};
  const auto early = b.confirm();
  CHECK_FALSE(*early);
  b.pass(6s);
  REQUIRE(*early);
  CHECK((*early)->why().code == errc::no_majority);
  const auto late = b.confirm();
  REQUIRE(*late);
  CHECK((*late)->why().detail.find("only 1 of 2") != std::string::npos);
}

} // namespace hive::actors
