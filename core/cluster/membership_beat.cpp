#include "core/cluster/membership.hpp"

#include <algorithm>
#include <utility>

namespace hive::cluster {

using std::chrono::milliseconds;

actions membership::tick(moment now) {
  catch_up(now);
  if (over_) return done(now);
  if (now.steady >= next_beat_) beat();
  settle_alleged();
  look();
  return done(now);
}

void membership::beat() {
  next_beat_ = std::max(next_beat_ + timing::beat, now_.steady + timing::beat / 2);
  ++beats_;
  if (!std::exchange(late_this_beat_, false) && pace_.stretch() > 1) {
    pace_.in_time();
    if (pace_.stretch() == 1) tell(event_kind::in_time, self_, cause::none);
  }
  if (beats_ % timing::tidy_beats == 0) expire();
  watches_.arrange(table_, self_->ring, now_.steady, pace_.stretch());
  part();
  spread();
  greet_the_lost();
  if (compare_now_ || (beats_ + self_->ring) % timing::sync_beats == 0) compare();
}

/// Says goodbye for some beats, then is left, then is over.
void membership::part() {
  if (farewell_ < 0) return;
  if (farewell_ == timing::farewell_beats) {
    auto own = *self_;
    own.life = lifecycle::left;
    own.changed = now_.wall;
    rewrite(std::move(own), cause::asked);
  }
  if (farewell_-- == 0) over_ = true;
}

/// A heartbeat with the news to those this node watches, the news alone to some others.
void membership::spread() {
  const auto news = take_news();
  for (auto& w : watches_.all()) {
    const auto* row = table_.at_ring(w.ring);
    if (!row || reachability_of(**row) >= reachability::unreachable) continue;
    w.asked = true;
    send((*row)->who, ping{news.empty() ? word{} : news.front()});
    for (std::size_t i = 1; i < news.size(); ++i) send((*row)->who, gossip{news[i]});
  }
  if (news.empty()) return;
  for (const auto place : random_visible(timing::random_peers))
    if (!watches_.find(table_.at(place)->ring))
      for (const auto& some : news) send(table_.at(place)->who, gossip{some});
}

/// Members that cannot be reached are tried by somebody about once a second each, so that the end
/// of a partition is noticed without a storm of dials.
void membership::greet_the_lost() {
  const auto lost = table_.lost();
  if (isolated_ && table_.size() > 1) {
    const auto& any = table_.at(static_cast<std::size_t>(random_.below(table_.size())));
    if (any != self_ && any->life < lifecycle::left) send(any->who, ping{});
  }
  if (lost == 0) return;
  const auto here = std::max<std::size_t>(1, table_.expected() - lost);
  if (!random_.chance(static_cast<double>(lost) / static_cast<double>(here))) return;
  const auto& troubled = table_.troubled();
  const auto& row = *table_.at_ring(troubled[random_.below(troubled.size())]);
  if (reachability_of(*row) >= reachability::unreachable) send(row->who, ping{{{row}, {}}});
}

void membership::compare() {
  const auto peers = random_visible(1);
  if (peers.empty()) return;
  compare_now_ = false;
  send(table_.at(peers.front())->who, sync{self_, table_.sums()});
}

/// Rows of members that are gone are listed for 72 h. A minority keeps them: it must not become a
/// majority by waiting.
void membership::expire() {
  if (!around().has_majority()) return;
  for (std::size_t i = table_.size(); i-- > 0;) {
    const auto row = table_.at(i);
    if (row == self_ || !is_expired(*row)) continue;
    table_.remove(row->id());
    tell(event_kind::expired, row, cause::none);
    out_.remember = true;
  }
}

void membership::settle_alleged() {
  for (std::size_t i = alleged_.size(); i-- > 0;) {
    if (alleged_[i].due > now_.steady) continue;
    const auto said = alleged_[i].row;
    alleged_.erase(alleged_.begin() + static_cast<std::ptrdiff_t>(i));
    const auto mine = table_.share(said->id());
    if (!mine) continue;
    const auto next = merged(mine, said);
    if (next->hash != mine->hash) put(next, cause::refuted);
  }
}

void membership::look() {
  if (table_.expected() > timing::small_hive &&
      now_.steady - heard_anyone_ >= stretched(timing::unreachable_after) &&
      !std::exchange(isolated_, true))
    out_.events.push_back(
        {event_kind::isolated, self_, self_->id(), wall_of(heard_anyone_), cause::isolated});
  for (auto& w : watches_.all()) {
    const auto* found = table_.at_ring(w.ring);
    if (!found || (*found)->life >= lifecycle::left) continue;
    const auto row = *found;
    look_at(w, row);
  }
}

/// One observer must not judge the others when it is rather itself that is away.
bool membership::may_judge(const watch& w) const noexcept {
  if (w.vouched.count() >= 0 && now_.steady - w.vouched < stretched(timing::indirect_counts))
    return false;
  return table_.expected() <= timing::small_hive ||
         now_.steady - heard_anyone_ < stretched(timing::indirect_counts);
}

void membership::look_at(watch& w, const row_ptr& row) {
  const auto silence = now_.steady - w.heard;
  const auto reach = reachability_of(*row);
  if (reach == reachability::down) return;
  if (reach == reachability::unreachable) {
    if (silence >= stretched(timing::down_after) && may_judge(w))
      accuse(w, row, certainty::down, row->sightings.front().why);
    return;
  }
  if (silence >= stretched(timing::suspect_after)) suspect(w, row);
  const auto limit = w.answered ? timing::unreachable_after : timing::unanswered_after;
  if (silence < stretched(limit) || !may_judge(w)) return;
  const bool alone = table_.expected() <= timing::small_hive;
  accuse(w, row, alone ? certainty::alone : certainty::vote, cause::silence);
}

/// Silent for this node alone, so far: others are asked to try.
void membership::suspect(watch& w, const row_ptr& row) {
  if (!std::exchange(w.suspected, true) && reachability_of(*row) == reachability::ok)
    tell(event_kind::suspect, row,
         sighting{self_->id(), certainty::vote, cause::silence, wall_of(w.heard)});
  if (w.probed.count() >= 0 && now_.steady - w.probed < timing::beat) return;
  w.probed = now_.steady;
  for (const auto place : random_visible(timing::helpers)) {
    const auto& helper = table_.at(place);
    const auto* watched = watches_.find(helper->ring);
    if (helper->ring != w.ring && !(watched && watched->suspected))
      send(helper->who, probe{row->id()});
  }
}

/// Puts this node's word into the row, and tells it at once to those who watch the member too: a
/// second word decides. And to the member, which may contradict.
void membership::accuse(watch& w, const row_ptr& row, certainty level, cause why) {
  const auto said = seen(row, {self_->id(), level, why, wall_of(w.heard)});
  if (said->hash == row->hash) return;
  put(said, cause::none);
  send(said->who, gossip{{{said}, {}}});
  auto place = table_.after(said->ring);
  const auto size = table_.size();
  for (std::size_t step = 0, told = 0; step + 1 < size && told < timing::watched; ++step) {
    // Backwards from the member: those before it on the ring watch it.
    place = place == 0 ? size - 1 : place - 1;
    const auto& other = table_.at(place);
    if (other->ring == said->ring || other->life >= lifecycle::left ||
        reachability_of(*other) >= reachability::unreachable)
      continue;
    ++told;
    if (other->ring != self_->ring) send(other->who, gossip{{{said}, {}}});
  }
}

void membership::add_news(std::uint64_t ring) {
  const auto place =
      std::lower_bound(news_.begin(), news_.end(), ring,
                       [](const news_item& n, std::uint64_t wanted) { return n.ring < wanted; });
  if (place != news_.end() && place->ring == ring)
    place->rounds = timing::news_rounds;
  else
    news_.insert(place, {ring, timing::news_rounds});
}

/// What is told of it; `hearsay`: not to be believed at once.
row_ptr membership::told_of(const news_item& item, bool& hearsay) const {
  const auto* found = table_.at_ring(item.ring);
  if (!found) return nullptr;
  const auto said =
      std::lower_bound(alleged_.begin(), alleged_.end(), item.ring,
                       [](const alleged_row& a, std::uint64_t ring) { return a.row->ring < ring; });
  hearsay = said != alleged_.end() && said->row->ring == item.ring;
  return hearsay ? merged(*found, said->row) : *found;
}

/// When half a hive is lost there is more than goes into a beat: each node then begins somewhere
/// else, so that not all of them tell the same.
std::vector<word> membership::take_news() {
  constexpr std::size_t most = timing::news_messages * max_rows;
  std::vector<word> out;
  const auto size = news_.size();
  const auto first = size > most ? static_cast<std::size_t>(random_.below(size)) : 0;
  for (std::size_t n = 0; n < std::min(size, most); ++n) {
    auto& item = news_[(first + n) % size];
    --item.rounds;
    bool hearsay = false;
    auto row = told_of(item, hearsay);
    if (!row) continue;
    if (out.empty() || out.back().news.size() + out.back().hearsay.size() == max_rows)
      out.emplace_back();
    (hearsay ? out.back().hearsay : out.back().news).push_back(std::move(row));
  }
  std::erase_if(news_, [](const news_item& n) { return n.rounds <= 0; });
  return out;
}

/// Places of different members other than this one that can be reached, as far as a few throws
/// find them.
std::vector<std::size_t> membership::random_visible(std::size_t count) {
  std::vector<std::size_t> out;
  if (table_.size() < 2) return out;
  for (std::size_t tries = 0; tries < 8 * count && out.size() < count; ++tries) {
    const auto place = static_cast<std::size_t>(random_.below(table_.size()));
    const auto& row = *table_.at(place);
    if (row.ring != self_->ring && row.life < lifecycle::left &&
        reachability_of(row) < reachability::unreachable &&
        std::find(out.begin(), out.end(), place) == out.end())
      out.push_back(place);
  }
  return out;
}

milliseconds membership::next_wake() const noexcept {
  auto wake = next_beat_;
  for (const auto& a : alleged_) wake = std::min(wake, a.due);
  for (const auto& w : watches_.all()) {
    for (const auto limit :
         {timing::suspect_after, timing::unreachable_after, timing::down_after}) {
      const auto due = w.heard + stretched(limit);
      if (due <= now_.steady) continue;
      wake = std::min(wake, due);
      break;
    }
  }
  return wake;
}

} // namespace hive::cluster
