#include "core/sim/scenario.hpp"

#include "core/sim/spread.hpp"
#include "core/sim/stage.hpp"

#include <algorithm>
#include <array>

namespace hive::sim {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, scenario_count> names{"crash", "freeze", "partition",
                                                             "loss",  "churn",  "spread"};
/// Every kind of fault is tried on so many nodes, one after the other.
constexpr int rounds = 5;

std::vector<node_index> running(const stage& s) {
  std::vector<node_index> out;
  for (std::size_t i = 0; i < s.net.size(); ++i)
    if (s.net.is_running(static_cast<node_index>(i))) out.push_back(static_cast<node_index>(i));
  return out;
}

/// The worst of several rounds.
struct worst {
  double monitors_first{0};
  double monitors_last{0};
  double all{0};
  double agreed{0};

  void add(const stage& s, const std::vector<node_index>& monitors,
           const std::vector<node_index>& everyone) {
    const auto m = s.loss_seen(monitors);
    monitors_first = std::max(monitors_first, m.first);
    monitors_last = std::max(monitors_last, m.last);
    all = std::max(all, s.loss_seen(everyone).last);
  }
};

void add_alarms(report& to, const stage& s) {
  to.figures.push_back(
      {"false unreachable", static_cast<double>(s.hive.alarms().unreachable), "", 0});
  to.figures.push_back({"false down", static_cast<double>(s.hive.alarms().down), "", 0});
}

/// A program is killed and started again half a minute later.
void crash(stage& s, report& to) {
  worst w;
  for (int i = 0; i < rounds; ++i) {
    const auto victim = s.any_running();
    const auto monitors = s.hive.monitors(victim);
    s.watch_loss(victim);
    s.net.kill(victim);
    s.pass(20s);
    w.add(s, monitors, running(s));
    s.hive.start(victim, s.any_running());
    w.agreed = std::max(w.agreed, s.until_agreed(30s));
  }
  to.figures.push_back({"kill -9: first monitor", w.monitors_first, "s"});
  to.figures.push_back({"kill -9: all monitors", w.monitors_last, "s", 1});
  to.figures.push_back({"kill -9: all nodes", w.all, "s", 5});
  to.figures.push_back({"restart: all tables agree", w.agreed, "s", 6});
}

/// A node stops for 30 s and goes on; then another loses its power.
void freeze(stage& s, report& to) {
  worst frozen, off;
  for (int i = 0; i < rounds; ++i) {
    const auto victim = s.any_running();
    const auto monitors = s.hive.monitors(victim);
    s.watch_loss(victim);
    s.net.freeze(victim);
    s.pass(30s);
    frozen.add(s, monitors, running(s));
    s.hive.excuse(victim);
    s.net.thaw(victim);
    frozen.agreed = std::max(frozen.agreed, s.until_agreed(30s));
  }
  const auto victim = s.any_running();
  const auto monitors = s.hive.monitors(victim);
  s.watch_loss(victim);
  s.net.power_off(victim);
  s.pass(20s);
  off.add(s, monitors, running(s));
  to.figures.push_back({"freeze: first monitor", frozen.monitors_first, "s"});
  to.figures.push_back({"freeze: all monitors", frozen.monitors_last, "s", 6});
  to.figures.push_back({"freeze: all nodes", frozen.all, "s", 10});
  to.figures.push_back({"thaw: all tables agree", frozen.agreed, "s", 10});
  to.figures.push_back({"power cut: all monitors", off.monitors_last, "s", 6});
  to.figures.push_back({"power cut: all nodes", off.all, "s", 10});
}

/// How far the lost are known on every side of a cut that lasts, and what it takes to heal.
struct cut_result {
  double monitors{0};
  double all{0};
  double healed{0};
};

cut_result cut_off(stage& s, std::size_t island, sim_time lasts) {
  std::vector<std::uint32_t> sides(s.net.size(), 0);
  for (std::size_t moved = 0; moved < island;) {
    const auto one = s.any_running();
    moved += sides[one] == 0;
    sides[one] = 1;
  }
  // Those who watched somebody across the cut; here: everybody who watches one of the first side.
  const auto all = running(s);
  s.hive.excuse_all();
  for (const auto one : all) s.net.set_island(one, sides[one]);
  s.watch_sides(sides);
  for (sim_time gone{0}; gone < lasts; gone += 5s) {
    s.pass(5s);
    s.hive.excuse_all();
  }
  const auto seen = s.loss_seen(all);
  s.net.heal();
  const auto healed = s.until_agreed(60s);
  return {seen.first, seen.last, healed};
}

void partition(stage& s, report& to) {
  const auto nodes = s.net.size();
  const auto third = cut_off(s, std::max<std::size_t>(1, nodes * 3 / 10), 30s);
  s.pass(25s);
  to.figures.push_back({"islands of 70 % and 30 %: first node sees all", third.monitors, "s"});
  to.figures.push_back({"islands of 70 % and 30 %: all nodes see all", third.all, "s", 10});
  to.figures.push_back({"islands of 70 % and 30 %: healed", third.healed, "s", 20});
  const auto small = cut_off(s, std::min<std::size_t>(10, nodes / 2), 30s);
  s.pass(25s);
  to.figures.push_back({"island of ten: all nodes see all", small.all, "s", 10});
  to.figures.push_back({"island of ten: healed", small.healed, "s", 20});
}

/// Two of a hundred messages are lost, clocks are wrong, and nodes wake late now and then.
void loss(stage& s, report& to, std::chrono::seconds length) {
  weather w;
  w.loss = 0.02;
  w.duplication = 0.005;
  w.most_delay = 50ms;
  w.late_chance = 0.01;
  w.most_late = 2s;
  s.net.set_weather(w);
  s.pass(length.count() > 0 ? length : 600s);
  to.figures.push_back(
      {"members for which others were asked", static_cast<double>(s.hive.alarms().suspects), ""});
  s.net.set_weather({});
  to.figures.push_back({"all tables agree afterwards", s.until_agreed(30s), "s", 20});
}

double join_time(stage& s, node_index fresh) {
  s.hive.start(fresh, s.any_running());
  return s.until_agreed(30s);
}

/// One thing after the other happens to some node, for a minute, two a second in a big hive.
void upset(stage& s, sim_time until) {
  const auto pause = std::max<sim_time>(500ms, sim_time{20s} / static_cast<int>(s.net.size()));
  while (s.net.now() < until) {
    const auto one = static_cast<node_index>(s.random.below(s.net.size()));
    const auto what = s.random.below(4);
    if (!s.net.is_running(one)) {
      if (s.net.condition_of(one) == condition::frozen) {
        s.hive.excuse(one);
        s.net.thaw(one);
      } else {
        s.hive.start(one, s.any_running());
      }
    } else if (running(s).size() * 2 > s.net.size()) {
      if (what == 0) s.net.kill(one);
      if (what == 1) s.net.power_off(one);
      if (what == 2) s.net.freeze(one);
      if (what == 3) s.hive.leave(one);
    }
    s.pass(pause);
  }
}

void wake_the_frozen(stage& s) {
  for (std::size_t i = 0; i < s.net.size(); ++i) {
    const auto one = static_cast<node_index>(i);
    if (s.net.condition_of(one) != condition::frozen) continue;
    s.hive.excuse(one);
    s.net.thaw(one);
  }
}

void churn(stage& s, report& to, std::chrono::seconds length, std::size_t nodes) {
  double join = 0;
  for (std::size_t i = nodes; i < s.net.size(); ++i)
    join = std::max(join, join_time(s, static_cast<node_index>(i)));
  to.figures.push_back({"join: all tables agree", join, "s", nodes <= 50 ? 3.0 : 6.0});
  s.net.set_weather({0.005, 0.005, 200us, 20ms, 0, 0us});
  upset(s, s.net.now() + (length.count() > 0 ? sim_time{length} : sim_time{60s}));
  wake_the_frozen(s);
  to.figures.push_back({"after churn: all tables agree", s.until_agreed(60s), "s", 20});
  to.figures.push_back({"nodes running at the end", static_cast<double>(running(s).size()), ""});
}

constexpr std::size_t joining_nodes = 3;

} // namespace

std::string_view to_string(scenario_kind k) noexcept {
  return names[static_cast<std::size_t>(k)];
}

result<scenario_kind> scenario_named(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<scenario_kind>(i);
  return fail(errc::bad_request, "there is no scenario \"" + std::string{name.substr(0, 32)} + "\"",
              "take crash, freeze, partition, loss, churn, spread or all");
}

bool report::holds() const noexcept {
  return std::all_of(figures.begin(), figures.end(), [](const figure& f) { return f.holds(); });
}

report run(scenario_kind kind, const scenario_options& options) {
  report out;
  out.kind = kind;
  if (kind == scenario_kind::spread) {
    spread(options, out);
    return out;
  }
  stage s{options, kind == scenario_kind::churn ? joining_nodes : 0};
  switch (kind) {
  case scenario_kind::crash: crash(s, out); break;
  case scenario_kind::freeze: freeze(s, out); break;
  case scenario_kind::partition: partition(s, out); break;
  case scenario_kind::loss: loss(s, out, options.length); break;
  case scenario_kind::churn: churn(s, out, options.length, options.nodes); break;
  case scenario_kind::spread: break;
  }
  add_alarms(out, s);
  s.add_traffic(out);
  return out;
}

} // namespace hive::sim
