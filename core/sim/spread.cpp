#include "core/sim/spread.hpp"

#include "core/sim/swarm_model.hpp"

#include <algorithm>

namespace hive::sim {
namespace {

/// So long even when everything goes wrong.
constexpr milliseconds patience = 10min;
constexpr node_rates rates{.wan = 20e6};
constexpr node_rates slow_disk{.wan = 20e6, .disk = 20e6};
constexpr std::uint64_t content = 256ull << 20; ///< 64 pieces
constexpr double alone = static_cast<double>(content) / rates.wan;
/// What relaying costs, however large the content is.
constexpr double usual = 5;

struct outcome_of_one {
  double ratio{0}; ///< WAN bytes by size
  double late{0};  ///< seconds more than one node alone would take
  int violations{0};
};

class one_spread {
 public:
  explicit one_spread(const scenario_options& options,
                      std::map<std::size_t, node_rates> others = {})
    : swarm_({.nodes = options.nodes,
              .size = content,
              .seed = options.seed,
              .rates = rates,
              .others = std::move(others),
              .step = 20ms,
              .tick = 200ms}),
      began_(swarm_.seconds()) {}

  swarm_model& swarm() { return swarm_; }

  /// Until somebody fetches and has so much of it.
  std::size_t fetcher_with(double part) {
    const auto pieces = swarm_.share_of(0).reading().words().grid().count();
    std::size_t found = 0;
    swarm_.run(patience, [&] {
      const auto who = swarm_.fetcher();
      if (!who) return false;
      found = *who;
      return swarm_.share_of(found).reading().have().held() >= part * pieces;
    });
    return found;
  }
  /// Until all that live, but `except`, have it.
  outcome_of_one end(const std::map<std::size_t, node_rates>& except = {}) {
    const bool whole = swarm_.run(patience, [&] {
      for (std::size_t i = 0; i < swarm_.nodes(); ++i)
        if (swarm_.alive(i) && !swarm_.whole(i) && !except.contains(i)) return false;
      return true;
    });
    simulated_ = swarm_.seconds() - began_;
    return {swarm_.wan_ratio(), whole ? simulated_ - alone : not_seen, swarm_.violations()};
  }
  double simulated() const { return simulated_; }

 private:
  swarm_model swarm_;
  double began_;
  double simulated_{0};
};

class spread_report {
 public:
  explicit spread_report(report& to) : to_(to) {}

  void add(const std::string& what, const one_spread& run, const outcome_of_one& got,
           double most_ratio, double most_late) {
    to_.figures.push_back({what + ": WAN bytes by size", got.ratio, "x", most_ratio});
    to_.figures.push_back({what + ": later than one alone", got.late, "s", most_late});
    violations_ += got.violations;
    seconds_ += run.simulated();
  }
  ~spread_report() {
    to_.figures.push_back(
        {"unchecked pieces kept or served", static_cast<double>(violations_), "", 0});
    to_.simulated = std::chrono::seconds{static_cast<std::int64_t>(seconds_)};
  }

 private:
  report& to_;
  int violations_{0};
  double seconds_{0};
};

} // namespace

void spread(const scenario_options& options, report& to) {
  spread_report out{to};
  {
    one_spread calm{options};
    const auto got = calm.end();
    out.add("all want it", calm, got, 1.02, usual);
  }
  {
    one_spread killed{options};
    killed.swarm().kill(killed.fetcher_with(0.5));
    const auto got = killed.end();
    // The window of one death: four pieces.
    out.add("fetcher killed at half", killed, got, 1.02 + 4.0 / 64, usual + 10);
  }
  {
    one_spread lied{options};
    const auto fetcher = lied.fetcher_with(0);
    for (std::size_t i = 1; i <= std::max<std::size_t>(1, options.nodes / 100); ++i)
      lied.swarm().lie((fetcher + i) % options.nodes);
    const auto got = lied.end();
    out.add("one in a hundred flips bits", lied, got, 1.02, usual);
  }
  {
    std::map<std::size_t, node_rates> slow;
    for (std::size_t i = 0; i < options.nodes; i += 10) slow.emplace(i, slow_disk);
    one_spread slowed{options, slow};
    const auto got = slowed.end(slow);
    out.add("every tenth has a slow disk, the others", slowed, got, 1.02, usual);
  }
}

} // namespace hive::sim
