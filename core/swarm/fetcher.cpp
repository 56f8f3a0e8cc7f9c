#include "core/swarm/fetcher.hpp"

#include <algorithm>
#include <utility>

namespace hive::swarm {

fetcher::fetcher(piece_index count, fetch_policy policy)
  : policy_(policy), under_way_(count), hidden_(count) {}

actions fetcher::begin(const std::vector<node_id>& others, time_point now) {
  active_ = true;
  awaited_ = {others.begin(), others.end()};
  began_at_ = moved_at_ = now;
  return others.empty() ? actions{} : actions{tell{others, asks_union{}}};
}

void fetcher::end() {
  active_ = false;
  awaited_.clear();
  under_way_ = have_map{under_way_.count()};
  hidden_ = have_map{hidden_.count()};
  offers_.clear();
}

/// How long the taker would need for one more; nothing for one that was never tried.
std::chrono::milliseconds fetcher::expected(const node_id& taker) const {
  const auto known = took_.find(taker);
  const auto once = known == took_.end() ? std::chrono::milliseconds{1} : known->second;
  const auto open = std::count_if(offers_.begin(), offers_.end(),
                                  [&](const auto& o) { return o.second.to == taker; });
  return once * (open + 1);
}

/// Of those not asked before the one that will be done first.
const node_id* fetcher::choose_taker(const offer& open, const std::vector<node_id>& takers) const {
  const node_id* chosen = nullptr;
  std::chrono::milliseconds soonest{0};
  for (const auto& taker : takers) {
    if (open.tried.contains(taker)) continue;
    const auto its = expected(taker);
    if (chosen != nullptr && its >= soonest) continue;
    chosen = &taker;
    soonest = its;
  }
  return chosen;
}

bool fetcher::give(offer& open, const std::vector<node_id>& takers, time_point now, actions& out) {
  const auto* taker = choose_taker(open, takers);
  if (taker == nullptr) return false;
  open.to = *taker;
  open.at = now;
  open.tried.insert(*taker);
  out.push_back(tell{{*taker}, offers_piece{open.what}});
  return true;
}

actions fetcher::landed(const piece_claim& what, const std::vector<node_id>& takers,
                        time_point now) {
  actions out;
  under_way_.remove(what.piece);
  offer open{what, {}, now, {}};
  if (!active_ || !give(open, takers, now, out)) return out;
  if (hidden_.held() == 0) moved_at_ = now; // from here on somebody could take something
  hidden_.add(what.piece);
  offers_.insert_or_assign(what.piece, std::move(open));
  return out;
}

void fetcher::passed_on(piece_index piece, time_point now) {
  if (!hidden_.remove(piece)) return;
  const auto& open = offers_.at(piece);
  took_.insert_or_assign(open.to,
                         std::max(std::chrono::milliseconds{1},
                                  std::chrono::ceil<std::chrono::milliseconds>(now - open.at)));
  offers_.erase(piece);
  moved_at_ = now;
}

bool fetcher::wants_another(bool held_back) const {
  if (!held_back) return under_way_.held() < policy_.window;
  return exposed() < policy_.window && under_way_.held() < policy_.lanes;
}

actions fetcher::next(const have_map& had, const have_map& elsewhere, bool somebody_takes,
                      time_point now) {
  actions out;
  if (!active_ || collects(now)) return out;
  awaited_.clear();
  auto settled = had;
  settled.add(elsewhere);
  settled.add(under_way_);
  const auto everything = all_pieces(had.count());
  const bool held_back = somebody_takes && now - moved_at_ < policy_.patience;
  piece_index piece = 0;
  while (wants_another(held_back)) {
    piece = settled.next_lacking(everything, piece);
    if (piece >= had.count()) break;
    settled.add(piece);
    under_way_.add(piece);
    out.push_back(fetch_piece{piece});
  }
  return out;
}

std::chrono::milliseconds fetcher::offer_time() const {
  auto quickest = policy_.longest_offer;
  for (const auto& [id, took] : took_) quickest = std::min(quickest, took);
  return std::clamp(4 * quickest, policy_.shortest_offer, policy_.longest_offer);
}

actions fetcher::tick(const std::vector<node_id>& takers, time_point now) {
  actions out;
  const auto patience = offer_time();
  for (auto at = offers_.begin(); at != offers_.end();) {
    auto& [piece, open] = *at;
    if (now - open.at < patience) {
      ++at;
      continue;
    }
    took_.insert_or_assign(open.to, policy_.longest_offer);
    if (give(open, takers, now, out)) {
      ++at;
      continue;
    }
    hidden_.remove(piece); // nobody is left to ask: whoever wants it may
    at = offers_.erase(at);
  }
  return out;
}

} // namespace hive::swarm
