#include "actors/gateway.hpp"
#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "actors/supervisor.hpp"
#include "tests/actors/living_node.hpp"

#include <stdexcept>

namespace hive::actors {
namespace {

/// What a node is made of, with the handles in reach.
class glass_house {
 public:
  explicit glass_house(const tiny_hub& hub, std::chrono::milliseconds stop_limit = 15s) {
    know_types();
    store::home home{scratch_.path};
    REQUIRE(store::prepare(home));
    // Made before it is shared, as node::start does.
    REQUIRE(store::database::open(home.database()));
    auto started = net::engine::start({.user_agent = "test", .proxy = "-"});
    REQUIRE(started);
    engine_ = std::move(*started);
    service_ = std::make_unique<transfer::service>(*engine_, home, transfer::service_options{});
    config_.set("caf.scheduler.policy", "sharing");
    config_.set("caf.scheduler.max-threads", 4);
    config_.faults = true;
    system_.emplace(config_);
    gateway_ = spawn_gateway(*system_, {});
    post(gateway_,
         hear_events{std::make_shared<const std::function<void(event_ptr)>>([this](event_ptr e) {
           if (throws_) throw std::runtime_error("a subscriber that throws");
           ears.hear(std::move(e));
         })});
    supervisor_deps deps;
    deps.gateway = gateway_;
    deps.ledger.database = home.database();
    deps.narrator.last_seq = std::make_shared<std::atomic<std::uint64_t>>(0);
    deps.catalog = {home, 1 << 20};
    for (auto& v : vendors::all_vendors({.hub_endpoint = hub.at.url(), .hub_token = ""}))
      deps.desk.vendors.push_back(std::move(v));
    deps.desk.engine = engine_.get();
    deps.desk.service = service_.get();
    deps.shelf.home = home;
    deps.shelf.service = service_.get();
    deps.limits.hold_download = [this](const std::string& bucket, std::uint64_t rate) {
      service_->limit(bucket, rate);
    };
    deps.limits.hold_lanes = [this](std::size_t most) { service_->limit_lanes(most); };
    deps.pulse.read = [] { return machine::reading{}; };
    deps.pulse.survey = [] { return std::vector<machine::device>{}; };
    deps.restarts = restarts;
    deps.stop_limit = stop_limit;
    deps.on_give_up = [this](failure why) { gave_up.set_value(std::move(why)); };
    supervisor_ = spawn_supervisor(*system_, std::move(deps));
  }
  ~glass_house() {
    order_stop(supervisor_, stop_reason::node_stopping);
    supervisor_ = nullptr;
    gateway_ = nullptr;
    system_->await_all_actors_done();
    service_.reset();
    engine_.reset();
  }

  house now() {
    caf::scoped_actor self{*system_};
    house found;
    self->request(supervisor_, 10s, open_house{})
        .receive([&](const house_opened& m) { found = m.now; }, [](const caf::error&) {});
    return found;
  }
  job_id submit(const std::string& what) {
    caf::scoped_actor self{*system_};
    job_id id;
    self->request(now().queue, 10s, submit_job{living_node::pull(what), {}})
        .receive([&](const job_record& r) { id = r.id; }, [](const caf::error&) {});
    return id;
  }
  /// A question put through the gateway, as foreign threads do.
  result<job_record> job(const job_id& id) {
    return answer_of<job_record>([&](auto reply) {
      post(gateway_, question{[id, reply](gateway_actor::pointer self, const house& h) {
             ask(self, h.queue, 10s, query_job{id})
                 .then([reply](job_record& r) { reply(std::move(r)); },
                       [reply](const caf::error& why) { reply(as_failure(why)); });
           }});
    });
  }
  /// The first that is called so.
  void freeze(const std::string& name, std::chrono::milliseconds lasting) {
    for (const auto& who : config_.people->list())
      if (who.name == name) return inject(config_.people->find(who.id), fault::freeze, lasting);
    FAIL("nobody is called " << name);
  }
  void throw_at_subscriber() { throws_ = true; }

  listener ears;
  std::shared_ptr<std::atomic<std::uint64_t>> restarts{
      std::make_shared<std::atomic<std::uint64_t>>(0)};
  std::promise<failure> gave_up;

 private:
  scratch_home scratch_;
  std::unique_ptr<net::engine> engine_;
  std::unique_ptr<transfer::service> service_;
  system_config config_;
  std::optional<caf::actor_system> system_;
  gateway_actor gateway_;
  supervisor_actor supervisor_;
  std::atomic<bool> throws_{false};
};

TEST_CASE("when a long-lived actor crashes, the group starts anew and the job finishes") {
  const auto who =
      GENERATE(std::string{"ledger"}, "narrator", "catalog", "desk", "shelf", "queue", "pulse");
  CAPTURE(who);
  tiny_hub hub;
  hub.add("org/a", {{"weights.bin", 3, 2 << 20}});
  auto door = std::make_shared<testing::gate>();
  const auto path = tiny_hub::path_of("org/a", "weights.bin");
  hub.at.behave(path, {.hold = door});
  glass_house here{hub};
  const auto id = here.submit("hf:org/a");
  REQUIRE(hub.at.wait_for_requests(path, 1));

  const auto before = here.now();
  const auto boom = as_error(fail(errc::actor_failed, "boom"));
  if (who == "ledger") order_stop(before.ledger, boom);
  if (who == "narrator") order_stop(before.narrator, boom);
  if (who == "catalog") order_stop(before.catalog, boom);
  if (who == "desk") order_stop(before.desk, boom);
  if (who == "shelf") order_stop(before.shelf, boom);
  if (who == "pulse") order_stop(before.pulse, boom);
  if (who == "queue") order_stop(before.queue, boom);
  // The old transfer has hung up and the new one asks again.
  REQUIRE(hub.at.wait_for_requests(path, 2));
  CHECK(here.restarts->load() == 1);
  door->open();
  REQUIRE(here.ears.wait_for(id, "job-succeeded"));
  const auto done = here.job(id);
  REQUIRE(done);
  CHECK(done->state == job_state::succeeded);
  CHECK(here.now().queue != before.queue);
}

TEST_CASE("a group that keeps crashing ends the node with the reason") {
  tiny_hub hub;
  glass_house here{hub};
  auto why = here.gave_up.get_future();
  here.throw_at_subscriber();
  // A job that never ends is told at every start, and the narrator's subscriber throws at each
  // word.
  hub.json("/api/models/org/slow/revision/main", "{}", {.hold = std::make_shared<testing::gate>()});
  here.submit("hf:org/slow");
  REQUIRE(why.wait_for(20s) == std::future_status::ready);
  const auto reason = why.get();
  CHECK(reason.code == errc::actor_failed);
  CHECK(reason.detail.find("a subscriber that throws") != std::string::npos);
  CHECK(here.restarts->load() == 5);
}

TEST_CASE("one of the group that does not stop in time is put down, and the group starts anew") {
  tiny_hub hub;
  hub.add("org/a", {{"weights.bin", 3, 2 << 20}});
  auto door = std::make_shared<testing::gate>();
  const auto path = tiny_hub::path_of("org/a", "weights.bin");
  hub.at.behave(path, {.hold = door});
  glass_house here{hub, 300ms};
  const auto id = here.submit("hf:org/a");
  REQUIRE(hub.at.wait_for_requests(path, 1));
  here.freeze("transfer", 2s); // the shelf waits for it
  order_stop(here.now().narrator, as_error(fail(errc::actor_failed, "boom")));
  REQUIRE(hub.at.wait_for_requests(path, 2));
  CHECK(here.restarts->load() == 1);
  door->open();
  REQUIRE(here.ears.wait_for(id, "job-succeeded"));
}

TEST_CASE("a group whose disk does not let it stop ends the node with the reason") {
  tiny_hub hub;
  glass_house here{hub, 200ms};
  auto why = here.gave_up.get_future();
  const auto now = here.now();
  here.freeze("catalog", 2s);
  order_stop(now.narrator, as_error(fail(errc::actor_failed, "boom")));
  REQUIRE(why.wait_for(20s) == std::future_status::ready);
  const auto reason = why.get();
  CHECK(reason.code == errc::actor_failed);
  CHECK(reason.detail.find("the catalog does not end") != std::string::npos);
}

} // namespace
} // namespace hive::actors
