#include "tests/actors/living_node.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace hive::actors {
namespace {

/// What becomes of the running job and its node when an actor of a class has a fault.
enum class outcome_of { resumes, goes_on, fails, node_ends };

/// A node in the middle of a pull whose bytes wait at a gate.
class struck_node {
 public:
  /// `end`: how long an actor may be silent before it is put down.
  explicit struck_node(std::chrono::milliseconds end = 2s) {
    hub_.add("org/a", {{"weights.bin", 3, 2 << 20}});
    hub_.add("org/b", {{"weights.bin", 4, 1 << 20}});
    hub_.add("org/small", {{"config.json", 6, 100}});
    hub_.at.behave(path_, {.hold = door_});
    here_ = std::make_unique<living_node>(hub_, [this, end](node_options& o) {
      o.fault_injection = true;
      o.with_actors = {.every = 100ms, .tell = 500ms, .tell_blocking = 500ms, .end = end};
      o.on_give_up = [this](failure why) { gave_up_.set_value(std::move(why)); };
    });
    // Whoever lives as long as the node has been spawned when a first job is over.
    const auto first = here_->submit("hf:org/small");
    REQUIRE(first);
    REQUIRE(here_->ended(first->id));
    baseline_ = here_->status()->actors;
    const auto job = here_->submit("hf:org/a");
    REQUIRE(job);
    id_ = job->id;
    REQUIRE(hub_.at.wait_for_requests(path_, 1));
  }
  living_node& here() { return *here_; }

  void strike(const std::string& who, actor_action what, std::chrono::milliseconds lasting) {
    const auto done = here_->act(here_->only(who), what, lasting);
    // The answer comes through the gateway, which ends with the supervisor.
    if (who != "gateway" && who != "supervisor") REQUIRE(done);
  }
  /// A fact of the sentry about an actor of this class.
  bool told(const std::string& action, const std::string& who) {
    return here_->heard().wait_for([&](const event& e) {
      return e.what.action == action && !e.what.fields.empty() && e.what.fields[0].second == who;
    });
  }
  bool restarted() {
    return here_->heard().wait_for(
        [](const event& e) { return e.what.action == "group-restarted"; });
  }
  std::uint64_t crashes(const std::string& who) {
    const auto now = here_->status();
    for (const auto& counted : now->crashes)
      if (counted.name == who) return counted.crashes;
    return 0;
  }
  job_record end_of_job() {
    door_->open();
    const auto done = here_->ended(id_);
    REQUIRE(done);
    return *done;
  }
  /// Another pull works, and then nobody is left over.
  void check_health() {
    const auto next = here_->submit("hf:org/b");
    REQUIRE(next);
    CHECK(here_->ended(next->id)->state == job_state::succeeded);
    // A transfer whose file stands may go a little later than its job.
    const auto limit = std::chrono::steady_clock::now() + 10s;
    auto now = here_->status();
    // Nor does the sentry hear at once that who was silent answers again.
    const auto silent = [&] {
      return std::ranges::any_of(
          now->ailments, [](const auto& a) { return a.what == machine::ailment::actor_silent; });
    };
    while ((now->actors != baseline_ || silent()) && std::chrono::steady_clock::now() < limit)
      now = here_->status();
    CHECK(now->actors == baseline_);
    for (const auto& one : now->ailments) CHECK(one.what == machine::ailment::restarted);
    CHECK(now->transfer.transfers_open == 0);
  }
  failure reason_of_end() {
    auto why = gave_up_.get_future();
    REQUIRE(why.wait_for(20s) == std::future_status::ready);
    return why.get();
  }

 private:
  tiny_hub hub_;
  std::shared_ptr<testing::gate> door_{std::make_shared<testing::gate>()};
  std::string path_{tiny_hub::path_of("org/a", "weights.bin")};
  std::promise<failure> gave_up_;
  std::unique_ptr<living_node> here_;
  std::uint64_t baseline_{0};
  job_id id_;
};

struct expected_end {
  std::string who;
  outcome_of end;
};

std::vector<expected_end> ends() {
  using enum outcome_of;
  return {
      {"gateway", node_ends}, {"supervisor", node_ends}, {"sentry", resumes},  {"ledger", resumes},
      {"narrator", resumes},  {"catalog", resumes},      {"desk", resumes},    {"vendor", goes_on},
      {"shelf", resumes},     {"limits", resumes},       {"queue", resumes},   {"pulse", resumes},
      {"inspector", resumes}, {"transfer", fails},       {"job", fails},       {"download", fails},
      {"heartbeat", fails},   {"exhibitor", resumes},    {"cluster", resumes}, {"swarm", resumes}};
}

void check_end(struck_node& node, const expected_end& row, const std::string& words) {
  CAPTURE(row.who);
  if (row.end == outcome_of::node_ends) {
    const auto why = node.reason_of_end();
    CHECK(why.code == errc::actor_failed);
    CHECK(why.detail.find("the " + row.who + words) != std::string::npos);
    return;
  }
  REQUIRE(node.told("actor-crashed", row.who));
  if (row.end == outcome_of::resumes) CHECK(node.restarted());
  const auto done = node.end_of_job();
  if (row.end == outcome_of::fails) {
    REQUIRE(done.error);
    CHECK(done.error->code == errc::actor_failed);
    CHECK(done.error->detail.find("the " + row.who + words) != std::string::npos);
  } else {
    CHECK(done.state == job_state::succeeded);
  }
  CHECK(node.crashes(row.who) == 1);
  CHECK(node.here().status()->restarts == (row.end == outcome_of::resumes ? 1 : 0));
  node.check_health();
}

TEST_CASE("an actor that throws is told about with its reason, and costs no more than its class") {
  const auto row = GENERATE(from_range(ends()));
  struck_node node;
  node.strike(row.who, actor_action::crash, 0ms);
  check_end(node, row, " threw: an injected fault");
}

TEST_CASE("a build that crashes fails its job, and its programs end with it") {
  tiny_hub hub;
  living_node here{hub, [](node_options& o) {
                     o.fault_injection = true;
                     o.vendors.builds = {o.home.root / "recipes"};
                   }};
  const auto recipe = here.root() / "recipes" / "r.toml";
  std::filesystem::create_directories(recipe.parent_path());
  std::ofstream{recipe} << "[recipe]\nname = \"test\"\nversion = \"1\"\n\n[[step]]\n"
                           "shell = 'sleep 600'\n\n[output]\nfiles = [\"*.bin\"]\n";
  const auto job = here.submit("build:" + recipe.string());
  if (!job) FAIL(sentence(job.why()));
  REQUIRE(here.heard().wait_for(job->id, "build-step"));
  REQUIRE(here.act(here.only("build"), actor_action::crash, 0ms));
  const auto done = here.ended(job->id);
  REQUIRE(done);
  CHECK(done->state == job_state::failed);
  REQUIRE(done->error);
  CHECK(done->error->code == errc::actor_failed);
  CHECK(here.only("supervisor") != 0);
  CHECK(here.status()->restarts == 0);
}

TEST_CASE("an actor that answers nothing any more counts as crashed after a while") {
  auto rows = ends();
  // Who blocks is waited for, and the sentry has nobody to look after it.
  std::erase_if(rows, [](const expected_end& row) {
    return row.who == "ledger" || row.who == "catalog" || row.who == "pulse" ||
           row.who == "exhibitor" || row.who == "sentry";
  });
  const auto row = GENERATE_COPY(from_range(rows));
  struck_node node;
  node.strike(row.who, actor_action::freeze, 1h);
  check_end(node, row, " has not answered for ");
}

TEST_CASE("an actor whose disk hangs is told about, degrades the node, and is waited for") {
  const auto who = GENERATE(std::string{"ledger"}, "catalog", "pulse", "exhibitor");
  struck_node node;
  node.strike(who, actor_action::freeze, 6s);
  REQUIRE(node.told("actor-silent", who));
  const auto now = node.here().status();
  REQUIRE(now);
  CHECK(sentence(now->ailments).find("the " + who + " has not answered for ") != std::string::npos);
  REQUIRE(node.told("actor-back", who));
  CHECK(node.end_of_job().state == job_state::succeeded);
  CHECK(node.crashes(who) == 0);
  CHECK(node.here().status()->restarts == 0);
  node.check_health();
}

TEST_CASE("a flooded actor drains its mailbox, and the node answers meanwhile") {
  const auto row = GENERATE(from_range(ends()));
  CAPTURE(row.who);
  struck_node node{1min}; // a slow machine takes long for so many messages
  node.strike(row.who, actor_action::flood, 0ms);
  CHECK(node.here().status());
  CHECK(node.end_of_job().state == job_state::succeeded);
  CHECK(node.crashes(row.who) == 0);
  node.check_health();
}

TEST_CASE("a node takes no faults unless it was started for them") {
  tiny_hub hub;
  living_node here{hub};
  CHECK(here.act(here.only("desk"), actor_action::crash).why().code == errc::unsupported);
}

} // namespace
} // namespace hive::actors
