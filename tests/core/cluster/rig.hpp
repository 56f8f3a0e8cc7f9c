#pragma once
/// A few membership cores with a clock for all and messages that arrive at once, in order.

#include "core/cluster/membership.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hive::cluster::test {

using std::chrono::milliseconds;

inline profile a_profile(const std::string& id) {
  profile p;
  p.id.value = id;
  p.name = id;
  p.addresses = {"10.0.0.1:7836"};
  p.boot = ring_position(p.id);
  return p;
}

inline row_ptr a_row(const std::string& id, std::uint64_t incarnation = 1,
                     std::uint32_t version = 0, lifecycle life = lifecycle::up,
                     std::vector<sighting> sightings = {}) {
  member_row row;
  row.who = std::make_shared<const profile>(a_profile(id));
  row.incarnation = incarnation;
  row.version = version;
  row.life = life;
  row.changed = wall_time{std::chrono::hours{24 * 365}}; // when the rig begins
  row.sightings = std::move(sightings);
  return sealed(std::move(row));
}

inline sighting a_sighting(const std::string& observer, certainty level,
                           wall_time since = wall_time{}) {
  return {node_id{observer}, level, cause::silence, since};
}

inline std::string numbered(std::size_t i) {
  return "n" + std::to_string(i);
}

class rig {
 public:
  /// Nodes n0, n1, … that know one another.
  explicit rig(std::size_t count) {
    std::vector<row_ptr> known;
    for (std::size_t i = 0; i < count; ++i) known.push_back(a_row(numbered(i)));
    for (std::size_t i = 0; i < count; ++i) {
      birth b{a_profile(numbered(i)), 1, i + 1};
      b.known = known;
      add(std::move(b));
    }
  }

  struct heard {
    std::size_t at;
    member_event what;
  };

  std::deque<membership> nodes;
  std::vector<heard> events;
  std::set<std::size_t> silent;                       ///< neither hear, nor send, nor tick
  std::set<std::pair<std::size_t, std::size_t>> cuts; ///< from, to
  moment now{milliseconds{1000}, wall_time{std::chrono::hours{24 * 365}}};

  std::size_t add(birth b) {
    ids_.push_back(b.self.id);
    nodes.emplace_back(std::move(b), now);
    wakes_.push_back(now.steady);
    return nodes.size() - 1;
  }

  const node_id& id(std::size_t i) const { return ids_[i]; }

  void act(std::size_t at, actions what) {
    for (auto& e : what.events) events.push_back({at, std::move(e)});
    wakes_[at] = what.wake;
    for (auto& one : what.send) {
      const auto found = std::find(ids_.begin(), ids_.end(), one.to->id);
      if (found == ids_.end()) continue;
      queue_.push_back({at, static_cast<std::size_t>(found - ids_.begin()), std::move(one.what)});
    }
    deliver();
  }

  void pass(milliseconds span) {
    const auto end = now.steady + span;
    while (true) {
      const auto next = *std::min_element(wakes_.begin(), wakes_.end());
      if (next > end) break;
      step_to(std::max(next, now.steady));
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (wakes_[i] > now.steady) continue;
        if (silent.contains(i))
          wakes_[i] = now.steady + timing::beat;
        else
          act(i, nodes[i].tick(now));
      }
    }
    step_to(end);
  }
  /// Time passes for one node alone, that does not get to run.
  void skip(milliseconds span) { step_to(now.steady + span); }

  reachability seen(std::size_t at, std::size_t of) const {
    const auto view = nodes[at].view(id(of));
    return view ? view->reach : reachability::down;
  }
  bool everyone_sees(std::size_t of, reachability reach) const {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (i != of && !silent.contains(i) && seen(i, of) != reach) return false;
    return true;
  }
  std::size_t count(event_kind kind) const {
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [&](const heard& h) { return h.what.kind == kind; }));
  }

 private:
  struct letter {
    std::size_t from, to;
    message what;
  };

  void step_to(milliseconds steady) {
    now.wall += steady - now.steady;
    now.steady = steady;
  }
  void deliver() {
    if (std::exchange(delivering_, true)) return;
    while (!queue_.empty()) {
      auto one = std::move(queue_.front());
      queue_.pop_front();
      if (silent.contains(one.to) || silent.contains(one.from) || cuts.contains({one.from, one.to}))
        continue;
      act(one.to, nodes[one.to].hear(id(one.from), one.what, now));
    }
    delivering_ = false;
  }

  std::vector<node_id> ids_;
  std::vector<milliseconds> wakes_;
  std::deque<letter> queue_;
  bool delivering_{false};
};

} // namespace hive::cluster::test
