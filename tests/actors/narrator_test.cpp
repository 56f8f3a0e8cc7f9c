#include "actors/narrator.hpp"
#include "tests/actors/neighbours.hpp"

namespace hive::actors {
namespace {

const job_id one{"01ARZ3NDEKTSV4RRFFQ69G5FAV"};
const job_id two{"01ARZ3NDEKTSV4RRFFQ69G5FAW"};

struct narrator_stage {
  actor_world world;
  fake_ledger ledger;
  std::shared_ptr<std::atomic<std::uint64_t>> seq{
      std::make_shared<std::atomic<std::uint64_t>>(std::uint64_t{3} << 32U)};
  std::vector<event_ptr> heard;
  narrator_actor narrator;

  explicit narrator_stage(std::size_t job_events = 256, std::size_t node_events = 4096) {
    const auto known = ledger.in(world);
    narrator = world.spawn([&](caf::local_actor* parent) {
      return spawn_narrator(parent, {known, seq, job_events, node_events});
    });
    world.tell(narrator, hear_events{std::make_shared<const std::function<void(event_ptr)>>(
                             [this](event_ptr e) { heard.push_back(std::move(e)); })});
  }
  ~narrator_stage() {
    order_stop(narrator, stop_reason::node_stopping);
    world.settle();
  }
  void say(const job_id& id, const std::string& action, event_kind kind = event_kind::narration,
           const std::string& human = {}) {
    narrate m{fact{id, "test", action, level::debug, human, {}}, kind, {}, {}};
    if (kind == event_kind::state) m.state = job_state::queued;
    if (kind == event_kind::end) m.state = job_state::succeeded;
    if (kind == event_kind::progress) m.progress = job_progress{};
    world.tell(narrator, std::move(m));
  }
  std::vector<std::string> replay(const job_id& id, std::uint64_t after = 0) {
    const auto known = world.ask<event_list>(narrator, replay_events{id, after});
    std::vector<std::string> words;
    for (const auto& e : known->events) words.push_back(e->what.action);
    return words;
  }
};

using words = std::vector<std::string>;

TEST_CASE("sequence numbers grow by one and start above every earlier start of the node") {
  narrator_stage s;
  s.say(one, "a", event_kind::state);
  s.say(one, "b");
  REQUIRE(s.heard.size() == 2);
  CHECK(s.heard[0]->seq == (std::uint64_t{3} << 32U) + 1);
  CHECK(s.heard[1]->seq == s.heard[0]->seq + 1);
  CHECK(s.seq->load() == s.heard[1]->seq);
}

TEST_CASE("a replay gives what came after a number, of a job or of the node") {
  narrator_stage s;
  s.say(one, "a", event_kind::state);
  s.say(two, "b", event_kind::state);
  s.say(one, "c");
  CHECK(s.replay(one) == words{"a", "c"});
  CHECK(s.replay(one, s.heard[0]->seq) == words{"c"});
  CHECK(s.replay({}) == words{"a", "b", "c"});
  CHECK(s.replay({}, s.heard[1]->seq) == words{"c"});
  CHECK(s.replay(one, s.heard[2]->seq).empty());
}

TEST_CASE("of progress only the last is remembered") {
  narrator_stage s;
  s.say(one, "a", event_kind::state);
  s.say(one, "p1", event_kind::progress);
  s.say(one, "p2", event_kind::progress);
  s.say(one, "b");
  CHECK(s.replay(one) == words{"a", "p2", "b"});
  CHECK(s.replay({}) == words{"a", "p2", "b"});
}

TEST_CASE("histories are bounded and give up narration before states") {
  narrator_stage s{4, 6};
  s.say(one, "state-1", event_kind::state);
  for (int i = 0; i < 5; ++i) s.say(one, "word-" + std::to_string(i));
  s.say(one, "state-2", event_kind::state);
  CHECK(s.replay(one) == words{"state-1", "word-3", "word-4", "state-2"});
  for (int i = 0; i < 9; ++i) s.say({}, "node-" + std::to_string(i));
  CHECK(s.replay({}) == words{"node-3", "node-4", "node-5", "node-6", "node-7", "node-8"});
}

TEST_CASE("a finished job's history moves to the ledger and is replayed from there") {
  narrator_stage s;
  s.say(one, "a", event_kind::state);
  s.say(one, "p", event_kind::progress);
  s.say(one, "z", event_kind::end);
  REQUIRE(s.ledger.histories.contains(one));
  CHECK(s.ledger.histories.at(one).size() == 2);
  CHECK(s.replay(one) == words{"a", "z"});
  CHECK(s.replay(one, s.heard[0]->seq) == words{"z"});
  s.say(one, "late"); // heard, but the history is closed
  CHECK(s.heard.back()->what.action == "late");
  CHECK(s.replay(one) == words{"a", "z"});
}

TEST_CASE("a retried job's history goes on where it ended, and its first end ends no stream") {
  narrator_stage s;
  s.say(one, "a", event_kind::state);
  s.say(one, "failed", event_kind::end);
  s.say(one, "retried", event_kind::state);
  s.ledger.refuses = true;
  CHECK(s.replay(one) == words{"retried"}); // what is known without the ledger
  s.ledger.refuses = false;
  CHECK(s.replay(one) == words{"a", "failed", "retried"}); // asked again, not taken for nothing
  CHECK(s.replay(one, s.heard[1]->seq) == words{"retried"});
  const auto all = s.world.ask<event_list>(s.narrator, replay_events{one, 0});
  CHECK(all->events[1]->kind == event_kind::state);
  s.say(one, "done", event_kind::end);
  CHECK(s.ledger.histories[one].size() == 4);
}

TEST_CASE("what is told of a job names the request that made it, whoever tells it") {
  narrator_stage s;
  narrate first{fact{one, "queue", "accepted", level::debug, {}, {}}, event_kind::state, {}, {}};
  first.what.correlation = "trace-7";
  s.world.tell(s.narrator, std::move(first));
  s.say(one, "word");
  s.say(one, "p", event_kind::progress);
  s.say(two, "other", event_kind::state);
  s.say({}, "node");
  s.say(one, "z", event_kind::end);
  std::vector<std::string> named;
  for (const auto& e : s.heard) named.push_back(e->what.correlation);
  CHECK(named == words{"trace-7", "trace-7", "trace-7", "", "", "trace-7"});
}

TEST_CASE("planted secrets are redacted before anybody hears them") {
  narrator_stage s;
  const std::string secret = "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH";
  narrate m{fact{one, "test", "leak", level::debug, "Authorization: Bearer " + secret, {}},
            event_kind::state,
            {},
            {}};
  m.what.fields = {{"url", "https://user:pass@cdn.example/x?X-Amz-Signature=abc123def&x=1"},
                   {"token", "opaque"}};
  m.what.correlation = secret;
  s.world.tell(s.narrator, std::move(m));
  REQUIRE(s.heard.size() == 1);
  const auto& told = s.heard.front()->what;
  CHECK(told.human.find(secret) == std::string::npos);
  CHECK(told.correlation == "[redacted]");
  CHECK(told.fields[1].second == "[redacted]"); // secret by its name
  for (const auto& [key, value] : told.fields) {
    CHECK(value.find(secret) == std::string::npos);
    CHECK(value.find("abc123def") == std::string::npos);
    CHECK(value.find("pass@") == std::string::npos);
  }
}

} // namespace
} // namespace hive::actors
