#include "apps/hive/context.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/json.hpp"
#include "core/sim/scenario.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

namespace hive::cli {
namespace {

struct sim_wish {
  sim::scenario_options options;
  std::int64_t seconds{0};
  std::string scenario{"all"};
};

result<std::vector<sim::scenario_kind>> chosen(const std::string& name) {
  std::vector<sim::scenario_kind> out;
  if (name == "all") {
    for (std::size_t i = 0; i < sim::scenario_count; ++i)
      out.push_back(static_cast<sim::scenario_kind>(i));
    return out;
  }
  HIVE_TRY(const auto one, sim::scenario_named(name));
  out.push_back(one);
  return out;
}

/// As many digits as say something; the same text on every machine.
std::string number(double value, const std::string& unit) {
  char text[32];
  std::snprintf(text, sizeof text, unit.empty() ? "%.0f" : "%.2f", value);
  return text + (unit.empty() ? std::string{} : " " + unit);
}

std::string spelled(const sim::figure& f, double value) {
  return value >= sim::not_seen ? "not seen" : number(value, f.unit);
}

void tell_figures(const sim::report& r, const sim_wish& wish) {
  std::vector<table_row> rows;
  for (const auto& f : r.figures)
    rows.push_back({f.what, spelled(f, f.value), f.limit < 0 ? "" : number(f.limit, f.unit),
                    f.holds() ? "" : "MISSED"});
  const std::string title{to_string(r.kind)};
  say(title + ": " + std::to_string(wish.options.nodes) + " nodes, seed " +
      std::to_string(wish.options.seed) + ", " + std::to_string(r.simulated.count()) + " s" +
      (r.messages > 0 ? "; per node and second " + number(r.messages, "messages") + ", " +
                            number(r.bytes, "") + " bytes"
                      : ""));
  auto text = table({{"WHAT", false, true}, {"VALUE", true}, {"PROMISE", true}, {""}}, rows,
                    terminal_extent().columns);
  say(text);
}

json::object as_json(const sim::report& r) {
  json::array figures;
  for (const auto& f : r.figures) {
    json::object one;
    one["what"] = f.what;
    one["value"] = f.value;
    one["unit"] = f.unit;
    one["limit"] = f.limit < 0 ? json::value(nullptr) : json::value(f.limit);
    one["holds"] = f.holds();
    figures.push_back(std::move(one));
  }
  json::object out;
  out["scenario"] = to_string(r.kind);
  out["simulated_s"] = r.simulated.count();
  out["messages_per_node_and_second"] = r.messages;
  out["bytes_per_node_and_second"] = r.bytes;
  out["figures"] = std::move(figures);
  out["holds"] = r.holds();
  return out;
}

int simulate(context& at, sim_wish wish) {
  const auto kinds = chosen(wish.scenario);
  if (!kinds) return complain(kinds.why());
  wish.options.length = std::chrono::seconds{wish.seconds};
  bool holds = true;
  json::array all;
  for (const auto kind : *kinds) {
    const auto report = sim::run(kind, wish.options);
    holds = holds && report.holds();
    if (at.json)
      all.push_back(as_json(report));
    else
      tell_figures(report, wish);
  }
  if (at.json) {
    json::object out;
    out["nodes"] = wish.options.nodes;
    out["seed"] = wish.options.seed;
    out["scenarios"] = std::move(all);
    out["holds"] = holds;
    say(json::text(out));
  } else {
    say(holds ? "every promise was kept" : "a promise was missed; the same seed shows it again");
  }
  return holds ? 0 : 1;
}

} // namespace

void add_sim(CLI::App& app, context& at) {
  auto* command = app.add_subcommand(
      "sim", "let many nodes live through faults in virtual time, and hold hive to its promises");
  auto wish = std::make_shared<sim_wish>();
  command->add_option("--nodes", wish->options.nodes, "how many, 4 to 4000")
      ->check(CLI::Range(sim::least_nodes, sim::most_nodes))
      ->capture_default_str();
  command->add_option("--seed", wish->options.seed, "the same seed shows the same run")
      ->capture_default_str();
  command->add_option("--seconds", wish->seconds, "virtual time of loss (600) and churn (60)")
      ->check(CLI::Range(1, 86400));
  command
      ->add_option("--scenario", wish->scenario,
                   "crash, freeze, partition, loss, churn, spread or all")
      ->capture_default_str();
  command->callback([&at, wish] {
    at.without_settings = true;
    at.run = [wish](context& with) { return simulate(with, *wish); };
  });
}

} // namespace hive::cli
