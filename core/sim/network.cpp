#include "core/sim/network.hpp"

#include <algorithm>

namespace hive::sim {

using std::chrono::microseconds;

namespace {

constexpr sim_time never{INT64_MAX};
/// Messages that wait for a frozen node: what its socket buffers would hold.
constexpr std::size_t most_stalled = 2048;

} // namespace

network::network(std::size_t nodes, std::uint64_t seed)
  : conditions_(nodes, condition::off), islands_(nodes, 0), stalled_(nodes), random_(seed) {}

std::size_t network::add(model& m) {
  models_.push_back(&m);
  wakes_.emplace_back(conditions_.size(), never);
  return models_.size() - 1;
}

microseconds network::a_delay() {
  const auto spread = (weather_.most_delay - weather_.least_delay).count() + 1;
  return weather_.least_delay + microseconds{static_cast<microseconds::rep>(
                                    random_.below(static_cast<std::uint64_t>(spread)))};
}

void network::schedule(sim_time when, kind what, std::size_t for_model, node_index at,
                       node_index from, ticket carried) {
  queue_.push({when, order_++, what, static_cast<std::uint8_t>(for_model), at, from, carried});
}

void network::heal() {
  std::fill(islands_.begin(), islands_.end(), 0u);
}

bool network::is_open(node_index from, node_index to) const {
  return islands_[from] == islands_[to] && (cuts_.empty() || !cuts_.contains({from, to}));
}

void network::send(std::size_t from_model, node_index from, node_index to, ticket what,
                   std::size_t bytes) {
  ++sent_.messages;
  sent_.bytes += bytes;
  if (!is_open(from, to) || random_.chance(weather_.loss)) {
    models_[from_model]->lose(what);
    return;
  }
  schedule(now_ + a_delay(), kind::message, from_model, to, from, what);
}

void network::wake_at(std::size_t for_model, node_index node, sim_time when) {
  auto& next = wakes_[for_model][node];
  if (when >= next) return;
  if (weather_.late_chance > 0 && random_.chance(weather_.late_chance))
    when += microseconds{static_cast<microseconds::rep>(
        random_.below(static_cast<std::uint64_t>(weather_.most_late.count()) + 1))};
  if (when >= next) return;
  next = when;
  schedule(when, kind::wake, for_model, node, node, 0);
}

void network::refuse(std::size_t for_model, node_index at, node_index peer, bool reset) {
  if (!is_open(peer, at)) return;
  schedule(now_ + a_delay(), reset ? kind::reset : kind::refusal, for_model, at, peer, 0);
}

void network::end(node_index node, condition how, bool resets) {
  conditions_[node] = how;
  for (auto& h : std::exchange(stalled_[node], {}))
    if (h.what == kind::message) models_[h.for_model]->lose(h.carried);
  for (auto& wakes : wakes_) wakes[node] = never;
  for (auto* m : models_) m->died(node, resets);
}

void network::kill(node_index node) {
  end(node, condition::stopped, true);
}

void network::stop(node_index node) {
  end(node, condition::stopped, false);
}

void network::power_off(node_index node) {
  end(node, condition::off, false);
}

void network::thaw(node_index node) {
  conditions_[node] = condition::running;
  for (auto& h : std::exchange(stalled_[node], {})) {
    h.when = now_;
    h.order = order_++;
    queue_.push(h);
  }
}

void network::arrive(const happening& h) {
  auto& m = *models_[h.for_model];
  const bool twice = weather_.duplication > 0 && random_.chance(weather_.duplication);
  switch (conditions_[h.at]) {
  case condition::running:
    if (twice) m.deliver(h.at, h.from, h.carried, true);
    m.deliver(h.at, h.from, h.carried, false);
    return;
  case condition::frozen:
    if (stalled_[h.at].size() < most_stalled)
      stalled_[h.at].push_back(h);
    else
      m.lose(h.carried);
    return;
  case condition::stopped: refuse(h.for_model, h.from, h.at, false); [[fallthrough]];
  case condition::off: m.lose(h.carried); return;
  }
}

void network::happen(const happening& h) {
  auto& m = *models_[h.for_model];
  if (h.what == kind::message) return arrive(h);
  if (h.what == kind::wake) {
    auto& next = wakes_[h.for_model][h.at];
    if (conditions_[h.at] == condition::frozen) {
      stalled_[h.at].push_back(h);
    } else if (is_running(h.at)) {
      if (next <= now_) next = never;
      m.wake(h.at);
    }
    return;
  }
  if (is_running(h.at)) m.refused(h.at, h.from, h.what == kind::reset);
}

void network::run_until(sim_time end) {
  while (!queue_.empty() && queue_.top().when <= end) {
    const auto next = queue_.top();
    queue_.pop();
    now_ = next.when;
    happen(next);
  }
  now_ = end;
}

} // namespace hive::sim
