// Several nodes in one process, each an actor system of its own, over real TLS on loopback.

#include "core/trust/hive_folder.hpp"
#include "core/trust/join_client.hpp"
#include "core/trust/peer_port.hpp"
#include "tests/actors/living_node.hpp"

#include <thread>

namespace hive::actors {
namespace {

using steady = std::chrono::steady_clock;

/// One machine of the hive.
class machine_of_hive {
 public:
  machine_of_hive(std::string name, const tiny_hub& hub) : name_(std::move(name)), hub_(hub) {
    REQUIRE(store::prepare(home()));
    id_ = *store::identity(home());
  }
  ~machine_of_hive() { stop(); }

  store::home home() const { return store::home{root_->path}; }
  const node_id& id() const { return id_; }
  const std::string& name() const { return name_; }
  const std::string& address() const { return address_; }
  node& operator*() { return *node_; }
  node* operator->() { return node_.get(); }
  listener& heard() { return *ears_; }
  bool runs() const { return node_ != nullptr; }

  void found() { REQUIRE(trust::hive_folder::found(home(), "lab", {id_, name_}, wall_now())); }
  void join(machine_of_hive& founder) {
    const auto hive = trust::hive_folder::open(founder.home());
    auto token = trust::hive_folder{*hive}.create_token({}, wall_now());
    REQUIRE(token);
    const auto key = trust::hive_folder::joining_key(home());
    auto by = trust::joiner::with_token(*token, *key, {id_, name_});
    const auto grant = trust::converse(*by, founder.address(), std::nullopt);
    if (!grant) FAIL(sentence(grant.why()));
    REQUIRE(trust::hive_folder::settle(home(), *grant, wall_now()));
  }

  void start(std::vector<std::string> peers = {}, std::vector<std::string> labels = {}) {
    node_options options;
    options.home = home();
    options.name = name_;
    options.engine.proxy = "-";
    options.vendors.hub_endpoint = hub_.at.url();
    options.transfer.disk_reserve = 1 << 20;
    options.peers = std::move(peers);
    options.labels = std::move(labels);
    auto started = node::start(std::move(options));
    if (!started) FAIL(sentence(started.why()));
    node_ = std::move(*started);
    node_->subscribe([ears = ears_](event_ptr e) { ears->hear(std::move(e)); });
    trust::peer_port_options door;
    door.listen = address_.empty() ? "127.0.0.1:0" : address_;
    door.home = home();
    door.takers = node_->takers();
    auto opened = trust::peer_port::open(std::move(door));
    if (!opened) FAIL(sentence(opened.why()));
    port_ = std::move(*opened);
    address_ = port_->address();
    node_->advertise({address_});
  }
  void stop() {
    port_.reset();
    node_.reset();
  }

  members_shown members() {
    auto got = answer_of<members_shown>([&](auto reply) { node_->members(std::move(reply)); });
    if (!got) FAIL(sentence(got.why()));
    return std::move(*got);
  }
  /// "ok", "unreachable", …; "" for a stranger.
  std::string sees(const machine_of_hive& other) {
    for (const auto& one : members().members)
      if (one.row->id() == other.id()) return std::string{to_string(one.seen.reach)};
    return {};
  }
  bool has_link_with(const machine_of_hive& other) {
    for (const auto& one : members().members)
      if (one.row->id() == other.id()) return one.linked;
    return false;
  }

 private:
  std::string name_;
  const tiny_hub& hub_;
  std::unique_ptr<scratch_home> root_{std::make_unique<scratch_home>()};
  node_id id_;
  std::string address_;
  std::shared_ptr<listener> ears_{std::make_shared<listener>()};
  std::unique_ptr<node> node_;
  std::unique_ptr<trust::peer_port> port_;
};

bool settles(const std::function<bool()>& good, std::chrono::seconds limit) {
  const auto until = steady::now() + limit;
  while (steady::now() < until) {
    if (good()) return true;
    std::this_thread::yield();
  }
  return good();
}

struct lab {
  explicit lab(std::size_t count, const tiny_hub& hub) {
    for (std::size_t i = 0; i < count; ++i)
      all.push_back(std::make_unique<machine_of_hive>("n" + std::to_string(i), hub));
    at(0).found();
    at(0).start();
    for (std::size_t i = 1; i < count; ++i) {
      at(i).join(at(0));
      at(i).start({at(0).address()},
                  i + 1 == count ? std::vector<std::string>{"gpu"} : std::vector<std::string>{});
    }
  }
  machine_of_hive& at(std::size_t i) { return *all[i]; }
  /// Every node that runs sees every other that runs as ok.
  bool is_whole() {
    for (auto& a : all)
      for (auto& b : all)
        if (a->runs() && b->runs() && a->sees(*b) != "ok") return false;
    return true;
  }

  std::vector<std::unique_ptr<machine_of_hive>> all;
};

} // namespace

TEST_CASE("five nodes of one hive find each other, miss who is gone, and take it back", "[hive]") {
  tiny_hub hub;
  lab five{5, hub};
  REQUIRE(settles([&] { return five.is_whole(); }, 20s));
  const auto around = five.at(3).members().around;
  CHECK(around.visible == 5);
  CHECK(around.is_whole());

  const auto before = five.at(0).members();
  five.at(2).stop();
  CHECK(settles([&] { return five.at(0).sees(five.at(2)) == "unreachable"; }, 10s));
  CHECK(settles([&] { return five.at(4).sees(five.at(2)) == "unreachable"; }, 10s));
  CHECK(five.at(0).members().around.visible == 4);
  five.at(2).start({five.at(0).address()});
  CHECK(settles([&] { return five.is_whole(); }, 20s));
  CHECK(five.at(1).heard().wait_for(
      [&](const event& e) { return e.what.action == "member.restarted"; }));
}

TEST_CASE("a job is given to another node and followed from a third", "[hive]") {
  tiny_hub hub;
  hub.add("org/tiny", {{"model.bin", 1, 300'000}});
  lab three{3, hub};
  REQUIRE(settles([&] { return three.is_whole(); }, 20s));
  REQUIRE(settles([&] { return three.at(0).has_link_with(three.at(1)); }, 10s));
  job_request asked;
  asked.what = parse_reference("hf:org/tiny").value();
  const auto made = answer_of<placed_jobs>(
      [&](auto reply) { three.at(0)->submit_on("n1", asked, {}, std::move(reply)); });
  if (!made) FAIL(sentence(made.why()));
  REQUIRE(made->jobs.size() == 1);
  CHECK(made->jobs[0].node == three.at(1).id());
  const auto id = made->jobs[0].job.id;
  const auto state = [&](machine_of_hive& from) {
    const auto job = answer_of<job_record>([&](auto reply) { from->job(id, std::move(reply)); });
    return job ? job->state : job_state::queued;
  };
  CHECK(settles([&] { return state(three.at(2)) == job_state::succeeded; }, 20s));
  const auto events = answer_of<std::vector<event_ptr>>(
      [&](auto reply) { three.at(2)->replay(id, 0, std::move(reply)); });
  REQUIRE(events);
  REQUIRE_FALSE(events->empty());
  CHECK(events->back()->kind == event_kind::end);
  const auto all =
      answer_of<hive_jobs>([&](auto reply) { three.at(2)->all_jobs(10, {}, std::move(reply)); });
  REQUIRE(all);
  REQUIRE(all->items.size() == 1);
  CHECK(all->items[0].name == "n1");
  CHECK(all->missing.empty());
  const auto actors =
      answer_of<actor_page>([&](auto reply) { three.at(0)->actors({}, "n2", std::move(reply)); });
  REQUIRE(actors);
  CHECK(actors->alive > 10);
  const auto nobody = answer_of<placed_jobs>(
      [&](auto reply) { three.at(0)->submit_on("n9", asked, {}, std::move(reply)); });
  REQUIRE_FALSE(nobody);
  CHECK(nobody.why().code == errc::not_found);
}

TEST_CASE("a wish for all reaches those that were away", "[hive]") {
  tiny_hub hub;
  hub.add("org/tiny", {{"model.bin", 1, 300'000}});
  lab three{3, hub};
  REQUIRE(settles([&] { return three.is_whole(); }, 20s));
  three.at(2).stop();
  REQUIRE(settles([&] { return three.at(0).sees(three.at(2)) != "ok"; }, 10s));
  job_request asked;
  asked.what = parse_reference("hf:org/tiny").value();
  const auto made = answer_of<placed_jobs>(
      [&](auto reply) { three.at(0)->submit_on("all", asked, {}, std::move(reply)); });
  if (!made) FAIL(sentence(made.why()));
  CHECK(made->jobs.size() == 2);
  CHECK(made->away == std::vector<std::string>{"n2"});
  three.at(2).start({three.at(0).address()}, {"gpu"});
  const auto holds = [&](machine_of_hive& one) {
    const auto page = answer_of<store::page<store::artifact>>(
        [&](auto reply) { one->artifacts(10, {}, std::move(reply)); });
    return page && page->items.size() == 1;
  };
  CHECK(settles([&] { return holds(three.at(0)) && holds(three.at(1)); }, 20s));
  CHECK(settles([&] { return holds(three.at(2)); }, 30s));
  const auto nobody = answer_of<placed_jobs>(
      [&](auto reply) { three.at(0)->submit_on("label=tpu", asked, {}, std::move(reply)); });
  REQUIRE_FALSE(nobody);
  CHECK(nobody.why().code == errc::conflict);
}

} // namespace hive::actors
