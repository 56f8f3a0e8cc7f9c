// What the model does when a share wants something done.
#include "core/sim/swarm_model.hpp"

#include "core/base/units.hpp"

#include <algorithm>

namespace hive::sim {

void swarm_model::perform(std::size_t who, swarm::actions what) {
  for (const auto& next : what) std::visit([&](const auto& a) { act(who, a); }, next);
}

void swarm_model::act(std::size_t who, const swarm::tell& a) {
  for (const auto& to : a.to) send(who, index(to), a.what);
}

void swarm_model::act(std::size_t who, const swarm::ask_piece& a) {
  send(who, index(a.peer), asked{a.piece});
}

void swarm_model::act(std::size_t who, const swarm::drop_piece& a) {
  drop_flow(index(a.peer), who, a.piece);
  send(who, index(a.peer), abandoned{a.piece});
}

void swarm_model::act(std::size_t who, const swarm::serve_piece& a) {
  const auto& n = nodes_[who];
  const auto stored = n.disk.find(a.piece);
  if (stored == n.disk.end()) {
    ++violations_;
    return;
  }
  const auto value = n.liar ? stored->second ^ 1u : stored->second;
  if (!n.liar && value != truth(a.piece)) ++violations_;
  const auto bytes = n.share->reading().words().grid().bytes(a.piece);
  flows_.push_back({who, index(a.peer), a.piece, value, static_cast<double>(bytes)});
}

void swarm_model::act(std::size_t who, const swarm::refuse_piece& a) {
  drop_flow(who, index(a.peer), a.piece);
  send(who, index(a.peer), refused{a.piece, a.why});
}

void swarm_model::act(std::size_t who, const swarm::fetch_piece& a) {
  const auto bytes = nodes_[who].share->reading().words().grid().bytes(a.piece);
  nodes_[who].fetches.push_back({a.piece, static_cast<double>(bytes)});
}

void swarm_model::act(std::size_t who, const swarm::stop_fetching&) {
  nodes_[who].fetches.clear();
}

void swarm_model::act(std::size_t who, const swarm::keep_piece& a) {
  const auto found = arriving_.find({who, a.piece});
  const auto value = found == arriving_.end() ? truth(a.piece) : found->second;
  if (value != truth(a.piece)) ++violations_;
  nodes_[who].disk.insert_or_assign(a.piece, value);
}

void swarm_model::act(std::size_t who, const swarm::forget_piece& a) {
  nodes_[who].disk.erase(a.piece);
}

void swarm_model::act(std::size_t who, const swarm::bar_peer& a) {
  bars_.emplace_back(who, a);
}

void swarm_model::act(std::size_t who, const swarm::check_whole&) {
  auto& n = nodes_[who];
  const bool right = std::all_of(n.disk.begin(), n.disk.end(),
                                 [&](const auto& p) { return p.second == truth(p.first); });
  n.whole = right && n.disk.size() == right_.size();
  perform(who, n.share->checked_whole(n.whole, clock()));
}

void swarm_model::act(std::size_t who, const swarm::lease_changed& a) {
  story_.push_back(format_duration(std::chrono::duration_cast<std::chrono::seconds>(now_ - 1h)) +
                   " at " + std::to_string(who) + ": " + a.human);
}

} // namespace hive::sim
