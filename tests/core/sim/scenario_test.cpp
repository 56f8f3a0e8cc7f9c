// The simulator keeps hive's promises for small hives and several seeds, shows the same run for the
// same seed, and has a network whose faults are what they say.
#include "core/sim/hive_model.hpp"
#include "core/sim/scenario.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <string>

using namespace hive;
using namespace hive::sim;
using namespace std::chrono_literals;

namespace {

std::string spelled(const report& r) {
  std::string out = std::to_string(r.messages) + " " + std::to_string(r.bytes);
  for (const auto& f : r.figures) out += "\n" + f.what + " " + std::to_string(f.value);
  return out;
}

} // namespace

TEST_CASE("promises hold in small hives") {
  const auto kind = static_cast<scenario_kind>(GENERATE(0, 1, 2, 3, 4, 5));
  const auto nodes = GENERATE(std::size_t{4}, std::size_t{10}, std::size_t{40});
  const auto seed = GENERATE(std::uint64_t{1}, std::uint64_t{2});
  const auto got = run(kind, {nodes, seed, kind == scenario_kind::loss ? 120s : 30s});
  INFO(to_string(kind) << " of " << nodes << " nodes, seed " << seed << ": " << spelled(got));
  CHECK(got.holds());
}

TEST_CASE("the same seed shows the same run, another one another") {
  const auto once = spelled(run(scenario_kind::churn, {20, 3, 30s}));
  CHECK(spelled(run(scenario_kind::churn, {20, 3, 30s})) == once);
  CHECK(spelled(run(scenario_kind::churn, {20, 4, 30s})) != once);
}

TEST_CASE("half of all messages lost: a death is noticed, the living stay") {
  network net{30, 9};
  hive_model hive{net, {30, 0ms, 0, 9}};
  hive.start_members();
  net.run_until(5s);
  weather w;
  w.loss = 0.5;
  net.set_weather(w);
  net.run_until(35s);
  CHECK(hive.alarms().down == 0);
  net.power_off(3);
  net.run_until(65s);
  for (node_index i = 0; i < 30; ++i) {
    if (i == 3) continue;
    CHECK(hive.seen(i, 3) >= cluster::reachability::unreachable);
  }
}

TEST_CASE("a whole hive that starts again finds itself without a seed") {
  network net{20, 4};
  hive_model hive{net, {20, 1min, 100, 4}};
  hive.start_members();
  net.run_until(10s);
  for (node_index i = 0; i < 20; ++i) net.kill(i);
  net.run_until(12s);
  for (node_index i = 0; i < 20; ++i) hive.start(i, i);
  net.run_until(25s);
  CHECK(hive.agree());
}

TEST_CASE("an upgrade node by node: neighbours of two versions are one hive") {
  // Versions meet in the handshake; here: that rows of both live in one table and are kept.
  network net{6, 2};
  hive_model hive{net, {6, 0ms, 0, 2}};
  hive.start_members();
  net.run_until(5s);
  for (node_index i = 0; i < 6; ++i) {
    net.stop(i);
    net.run_until(net.now() + 2s);
    hive.start(i, (i + 1) % 6);
    net.run_until(net.now() + 8s);
    CHECK(hive.agree());
  }
  CHECK(hive.alarms().down == 0);
}

namespace {

/// Counts what the network does with plain tickets.
struct echo final : model {
  int arrived{0}, lost{0}, woken{0}, refusals{0}, resets{0};
  void deliver(node_index, node_index, ticket, bool again) override { arrived += again ? 0 : 1; }
  void lose(ticket) override { ++lost; }
  void wake(node_index) override { ++woken; }
  void refused(node_index, node_index, bool reset) override { ++(reset ? resets : refusals); }
  void died(node_index, bool) override {}
};

} // namespace

TEST_CASE("faults of the network are what they say") {
  network net{2, 1};
  echo m;
  const auto number = net.add(m);
  net.start(0);
  net.start(1);
  const auto send = [&] {
    net.send(number, 0, 1, 7, 10);
    net.run_until(net.now() + 1s);
  };
  send();
  CHECK(m.arrived == 1);
  net.cut(0, 1);
  CHECK(net.is_open(1, 0));
  send();
  CHECK(m.lost == 1);
  net.mend();
  net.freeze(1);
  net.wake_at(number, 1, net.now() + 1ms);
  send();
  CHECK((m.arrived == 1 && m.woken == 0));
  net.thaw(1);
  net.run_until(net.now() + 1ms);
  CHECK((m.arrived == 2 && m.woken == 1));
  net.kill(1);
  send();
  CHECK((m.refusals == 1 && m.lost == 2));
  net.power_off(1);
  send();
  CHECK((m.refusals == 1 && m.lost == 3));
}
