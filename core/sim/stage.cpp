#include "core/sim/stage.hpp"

#include <algorithm>
#include <utility>

namespace hive::sim {

using namespace std::chrono_literals;

namespace {

constexpr sim_time look_every = 100ms;

double seconds(sim_time t) noexcept {
  return static_cast<double>(t.count()) / 1e6;
}

} // namespace

stage::stage(const scenario_options& options, std::size_t spare)
  : net(options.nodes + spare, options.seed),
    hive(net, {options.nodes, 2min, 200, options.seed + 1}), random(options.seed + 2) {
  hive.listen([this](node_index at, const cluster::member_event& e) { note(at, e); });
  hive.start_members();
  pass(5s);
}

double stage::until_agreed(sim_time at_most) {
  const auto began = net.now();
  while (net.now() - began < at_most) {
    if (hive.agree()) return seconds(net.now() - began);
    pass(look_every);
  }
  return not_seen;
}

node_index stage::any_running() {
  for (;;) {
    const auto one = static_cast<node_index>(random.below(net.size()));
    if (net.is_running(one)) return one;
  }
}

void stage::watch_sides(std::vector<std::uint32_t> sides) {
  watch_began_ = net.now();
  sides_ = std::move(sides);
  noted_.assign(net.size() * net.size(), false);
  missing_.assign(net.size(), 0);
  done_.assign(net.size(), not_seen);
  for (std::size_t at = 0; at < net.size(); ++at)
    for (std::size_t of = 0; of < net.size(); ++of)
      if (sides_[of] != sides_[at] && hive.core(static_cast<node_index>(of))) ++missing_[at];
}

void stage::watch_loss(node_index of) {
  std::vector<std::uint32_t> sides(net.size(), 0);
  sides[of] = 1;
  watch_sides(std::move(sides));
}

void stage::note(node_index at, const cluster::member_event& e) {
  if (e.kind == cluster::event_kind::isolated && !sides_.empty() && missing_[at] > 0) {
    missing_[at] = 0;
    done_[at] = seconds(net.now() - watch_began_);
  }
  // A word that came late goes straight to down.
  if (e.kind != cluster::event_kind::unreachable && e.kind != cluster::event_kind::down) return;
  if (sides_.empty()) return;
  const auto of = hive.index(e.subject->id());
  if (sides_[at] == sides_[of] || missing_[at] == 0 || noted_[at * net.size() + of]) return;
  noted_[at * net.size() + of] = true;
  if (--missing_[at] == 0) done_[at] = seconds(net.now() - watch_began_);
}

stage::seen_by stage::loss_seen(const std::vector<node_index>& by) const {
  seen_by out{not_seen, 0};
  for (const auto one : by) {
    out.first = std::min(out.first, done_[one]);
    out.last = std::max(out.last, done_[one]);
  }
  return out;
}

void stage::add_traffic(report& to) const {
  const auto lived = seconds(net.now()) * static_cast<double>(net.size());
  to.messages = static_cast<double>(net.sent().messages) / lived;
  to.bytes = static_cast<double>(net.sent().bytes) / lived;
  to.simulated = std::chrono::duration_cast<std::chrono::seconds>(net.now());
}

} // namespace hive::sim
