// The cluster of a node without links: what it does for itself, and whom it would dial.
#include "actors/cluster.hpp"
#include "actors/hive_inspect.hpp"
#include "actors/queue.hpp"
#include "actors/wishes.hpp"
#include "tests/actors/living_node.hpp"
#include "tests/actors/neighbours.hpp"

namespace hive::actors {
namespace {

cluster::row_ptr other_member(const std::string& name,
                              const std::vector<std::string>& addresses = {}) {
  cluster::profile who;
  who.id = node_id{new_ulid()};
  who.name = name;
  who.addresses = addresses;
  cluster::member_row row;
  row.who = std::make_shared<const cluster::profile>(std::move(who));
  row.incarnation = 1;
  row.life = cluster::lifecycle::up;
  return cluster::sealed(std::move(row));
}

/// Links that lead nowhere: what is dialled is noted.
struct noted_links final : links {
  std::vector<link::dial_order> dialled;
  std::vector<std::pair<node_id, link::link_book::number>> ended;

  void serve(const cluster_actor&) override {}
  void introduce(const cluster::row_ptr&, std::vector<cluster::row_ptr>) override {}
  void remember(std::vector<cluster::row_ptr>) override {}
  void dial(link::dial_order order) override { dialled.push_back(std::move(order)); }
  void over(const node_id& who, link::link_book::number id) override {
    ended.emplace_back(who, id);
  }
  wire_ptr carry(peer_actor::pointer, link::link_made&, wire_port::met) override { return {}; }
  void keep_wishes(std::vector<cluster::desired_record>) override {}
  void look_up_barred() override {}
  void bar(trust::revocations, node_id) override {}
};

/// A real queue whose vendor is a mock, and the cluster above it.
struct cluster_bench {
  scratch_home scratch;
  store::home home{scratch.path};
  actor_world world;
  stand_ins around{world};
  node_id self{new_ulid()};
  queue_actor queue;
  cluster_actor at;

  explicit cluster_bench(std::vector<cluster::row_ptr> known = {},
                         std::shared_ptr<links> links_of = {}) {
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
      deps.links_of = links_of;
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

TEST_CASE(
    "a node heard on the local network is told of once and dialled, with pauses after failures") {
  const auto lines = std::make_shared<noted_links>();
  cluster_bench b{{}, lines};
  const auto told = [&](const std::string& action) {
    return std::ranges::count_if(b.around.narrator_of.told,
                                 [&](const narrate& m) { return m.what.action == action; });
  };
  const auto hear = [&](const node_id& who, const std::string& address) {
    b.world.perform_now([&](caf::event_based_actor* by) {
      by->send(b.at, node_heard{{{std::string(64, 'a'), who, 1, 1}, {address}, 3600s}});
    });
  };
  hear(b.self, "10.0.0.1:1");
  b.pass(5s);
  CHECK(lines->dialled.empty());
  CHECK(told("seed.heard") == 0);

  const node_id other{new_ulid()};
  hear(other, "10.0.0.2:1");
  hear(other, "10.0.0.2:1");
  b.pass(2s);
  CHECK(told("seed.heard") == 1);
  REQUIRE(lines->dialled.size() == 1);
  CHECK(lines->dialled.front().address == "10.0.0.2:1");
  CHECK(lines->dialled.front().who.empty()); // whoever answers says who it is
  b.pass(60s);
  CHECK(lines->dialled.size() == 1); // it is under way
  for (int i = 0; i < 20; ++i) {
    const auto order = lines->dialled.back();
    const auto before = lines->dialled.size();
    b.world.perform_now([&](caf::event_based_actor* by) {
      by->send(b.at, dial_over{{order, {}, cluster::cause::tls, "another hive", {}}});
    });
    for (int left = 40; left > 0 && lines->dialled.size() == before; --left) b.pass(1s);
    CHECK(lines->dialled.size() == before + 1);
  }
  CHECK(told("seed.failed") == 1);
}

namespace {

/// Many members, each at an address of its own; none has a link.
struct wide_bench {
  explicit wide_bench(std::size_t count)
    : lines(std::make_shared<noted_links>()), rows(rows_of(count)), bench(rows, lines) {}

  static std::vector<cluster::row_ptr> rows_of(std::size_t count) {
    std::vector<cluster::row_ptr> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(other_member("m" + std::to_string(i), {"10.0.0.1:" + std::to_string(i + 1)}));
    return out;
  }
  bool has_dialled(const cluster::row_ptr& whom) const {
    return std::ranges::any_of(lines->dialled,
                               [&](const auto& one) { return one.who == whom->id(); });
  }
  /// One that nothing was to be said to.
  cluster::row_ptr stranger() const {
    const auto at = std::ranges::find_if(rows, [&](const auto& row) { return !has_dialled(row); });
    REQUIRE(at != rows.end());
    return *at;
  }
  void link_with(const cluster::row_ptr& whom) {
    open_rooms rooms;
    rooms.queue = bench.queue;
    bench.world.tell(bench.at, peer_linked{whom, rooms});
  }

  std::shared_ptr<noted_links> lines;
  std::vector<cluster::row_ptr> rows;
  cluster_bench bench;
};

} // namespace

TEST_CASE("a member without a link is dialled when somebody asks for it") {
  wide_bench b{40};
  auto& world = b.bench.world;
  const auto met = b.stranger();
  const auto found = world.ask<neighbour>(b.bench.at, find_neighbour{met->who->name});
  CHECK(b.has_dialled(met));
  CHECK_FALSE(found.here());
  b.link_with(met);
  REQUIRE(found.here());
  CHECK(found->id == met->id());

  // One that cannot be dialled is told of at once, and one that does not answer after a second.
  const auto refused = b.stranger();
  const auto none = world.ask<neighbour>(b.bench.at, find_neighbour{refused->id().value});
  REQUIRE(b.has_dialled(refused));
  world.tell(b.bench.at,
             dial_over{{b.lines->dialled.back(), refused->id(), cluster::cause::refused, "", {}}});
  REQUIRE(none.here());
  CHECK(none.get().why().code == errc::unreachable);
  const auto silent = b.stranger();
  const auto late = world.ask<neighbour>(b.bench.at, find_neighbour{silent->who->name});
  CHECK_FALSE(late.here());
  world.pass(1s);
  REQUIRE(late.here());
  CHECK(late.get().why().code == errc::unreachable);
}

TEST_CASE(
    "a question to all dials those without a link, some at a time, and names who is missing") {
  wide_bench b{200};
  auto& world = b.bench.world;
  const auto before = b.lines->dialled.size();
  const auto found = world.ask<neighbour_list>(b.bench.at, list_neighbours{});
  CHECK_FALSE(found.here());
  const auto dialled = b.lines->dialled.size() - before;
  CHECK(dialled <= 64);
  CHECK(dialled > 32);
  const auto first = *std::ranges::find(b.rows, b.lines->dialled.back().who,
                                        [](const auto& row) { return row->id(); });
  b.link_with(first);
  CHECK_FALSE(found.here());
  world.pass(1s);
  REQUIRE(found.here());
  REQUIRE(found->here.size() == 1);
  CHECK(found->here.front().id == first->id());
  CHECK(found->missing.size() == 199);
}

TEST_CASE("a look at the members dials those without a link before it asks") {
  wide_bench b{20};
  auto& world = b.bench.world;
  const auto met = b.stranger();
  const auto found = world.ask<members_checked>(b.bench.at, check_members{});
  REQUIRE(b.has_dialled(met));
  b.link_with(met);
  for (int left = 14; left > 0 && !found.here(); --left) world.pass(1s);
  REQUIRE(found.here());
  CHECK(found->members.size() == 20);
  for (const auto& one : found->members) CHECK(one.linked == (one.row->id() == met->id()));
}

/// Its actors may have died while it was on its way to them: nobody else would ever end it.
TEST_CASE("a link that no peer has is over once the other side dials again") {
  const auto known = other_member("bob", {"10.0.0.1:1"});
  const auto lines = std::make_shared<noted_links>();
  cluster_bench b{{known}, lines};
  const node_id stranger{new_ulid()};
  b.world.tell(b.at, link_stale{known->id(), 7});
  b.world.tell(b.at, link_stale{stranger, 8});
  using ended = std::pair<node_id, link::link_book::number>;
  CHECK(std::ranges::count(lines->ended, ended{known->id(), 7}) == 1);
  CHECK(std::ranges::count(lines->ended, ended{stranger, 8}) == 1);
}

} // namespace hive::actors
