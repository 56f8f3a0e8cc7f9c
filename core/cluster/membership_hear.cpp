#include "core/cluster/membership.hpp"

#include <algorithm>
#include <utility>

namespace hive::cluster {

using std::chrono::milliseconds;

namespace {

/// Errands a node runs for others at a time; a ninth of a hive asking at once is a storm.
constexpr std::size_t max_errands = 64;
/// Complaints about peers' messages are told once in so long.
constexpr milliseconds complaint_pause = std::chrono::seconds{10};

bool has_bucket(std::uint64_t mask, std::size_t which) noexcept {
  return (mask >> which & 1u) != 0;
}

} // namespace

actions membership::hear(const node_id& from, const message& what, moment now) {
  catch_up(now);
  if (over_ || from == self_->id()) return done(now);
  auto sender = table_.share(from);
  if (!check(what) || from.value.size() > max_id_length) {
    if (complained_.count() < 0 || now.steady - complained_ >= complaint_pause) {
      complained_ = now.steady;
      tell(event_kind::refused, sender ? sender : self_, cause::none);
    }
    return done(now);
  }
  note_sender(from);
  profile who;
  who.id = from;
  const auto profile_of = sender ? sender->who : std::make_shared<const profile>(std::move(who));
  std::visit([&](const auto& m) { on(profile_of, m); }, what);
  return done(now);
}

/// Any frame counts as a heartbeat.
void membership::note_sender(const node_id& from) {
  heard_anyone_ = now_.steady;
  if (std::exchange(isolated_, false)) tell(event_kind::reunited, self_, cause::none);
  const auto ring = ring_position(from);
  std::erase_if(errands_, [&](const errand& e) {
    if (e.target == ring) send(e.asker, probe_answer{from});
    return e.target == ring || e.due < now_.steady;
  });
  auto* w = watches_.find(ring);
  if (!w) return;
  w->heard = now_.steady;
  w->answered = true;
  if (!std::exchange(w->suspected, false)) return;
  const auto* row = table_.at_ring(ring);
  if (row && reachability_of(**row) == reachability::ok) tell(event_kind::back, *row, cause::none);
}

/// What the one who speaks to us should know about itself.
word membership::word_for(const node_id& who) const {
  const auto row = table_.troubled().empty() ? nullptr : table_.share(who);
  word out;
  if (row && reachability_of(*row) != reachability::ok) out.news.push_back(row);
  if (std::any_of(news_.begin(), news_.end(),
                  [&](const news_item& n) { return n.ring == self_->ring; }))
    out.news.push_back(self_);
  return out;
}

void membership::on(const profile_ptr& from, const ping& m) {
  take_word(m.told, from);
  if (!table_.find(from->id))
    send(from, sync{self_, table_.sums()});
  else
    send(from, ack{word_for(from->id)});
}

void membership::on(const profile_ptr& from, const ack& m) {
  take_word(m.told, from);
}

void membership::on(const profile_ptr& from, const gossip& m) {
  take_word(m.told, from);
}

void membership::on(const profile_ptr& from, const probe& m) {
  const auto row = table_.share(m.target);
  if (!row || row == self_ || errands_.size() >= max_errands) return;
  const auto* w = watches_.find(row->ring);
  if (w && w->answered && now_.steady - w->heard <= timing::beat)
    return send(from, probe_answer{m.target});
  errands_.push_back({row->ring, from, now_.steady + timing::indirect_counts});
  send(row->who, ping{word_for(m.target)});
}

void membership::on(const profile_ptr&, const probe_answer& m) {
  if (auto* w = watches_.find(ring_position(m.target))) w->vouched = now_.steady;
}

void membership::on(const profile_ptr& from, const sync& m) {
  if (m.self->id() != from->id) {
    tell(event_kind::refused, m.self, cause::none);
    return;
  }
  take(m.self, standing::hearsay);
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < buckets; ++i)
    if (m.sums[i] != table_.sums()[i]) mask |= std::uint64_t{1} << i;
  answer_differing(m.self->who, mask, true);
}

/// All rows of these buckets, in as many messages as they take; one at least.
void membership::answer_differing(const profile_ptr& to, std::uint64_t mask, bool answer) {
  sync_rows part{0, answer, {}};
  const auto flush = [&] { send(to, std::exchange(part, sync_rows{0, answer, {}})); };
  for (std::size_t i = 0; i < buckets; ++i) {
    if (!has_bucket(mask, i)) continue;
    auto all = table_.bucket(i);
    if (part.mask != 0 && part.all.size() + all.size() > max_rows) flush();
    part.mask |= std::uint64_t{1} << i;
    for (auto& row : all) {
      if (part.all.size() == max_rows) {
        flush();
        part.mask = std::uint64_t{1} << i;
      }
      part.all.push_back(std::move(row));
    }
  }
  flush();
}

void membership::on(const profile_ptr& from, const sync_rows& m) {
  take_all(m.all, from, standing::hearsay);
  if (!std::exchange(settled_, true) && self_->life == lifecycle::joining) {
    auto own = *self_;
    own.life = lifecycle::up;
    own.changed = now_.wall;
    rewrite(std::move(own), cause::asked);
  }
  if (!m.answer) return;
  std::vector<std::uint64_t> told;
  for (const auto& row : m.all) told.push_back(row->hash);
  std::sort(told.begin(), told.end());
  sync_rows back{m.mask, false, {}};
  for (std::size_t i = 0; i < buckets; ++i) {
    if (!has_bucket(m.mask, i)) continue;
    for (auto& row : table_.bucket(i))
      if (back.all.size() < max_rows && !std::binary_search(told.begin(), told.end(), row->hash))
        back.all.push_back(std::move(row));
  }
  if (!back.all.empty()) send(from, std::move(back));
}

void membership::take_word(const word& told, const profile_ptr& from) {
  take_all(told.news, from, standing::news);
  take_all(told.hearsay, from, standing::hearsay);
}

/// From a peer this node cannot reach according to its table, only members' own words are taken:
/// what such a peer says of others was seen from elsewhere, and it has to contradict first.
void membership::take_all(const std::vector<row_ptr>& all, const profile_ptr& from, standing as) {
  if (all.empty()) return;
  if (table_.is_lost(from->id)) as = standing::untrusted;
  for (const auto& row : all) take(row, as);
}

void membership::take(const row_ptr& told, standing as) {
  if (told->id() == self_->id()) return take_own(told);
  const auto mine = table_.share(told->id());
  if (mine && mine->hash == told->hash) return;
  const auto incoming = as == standing::untrusted ? unseen(told) : told;
  if (!mine) {
    if (!is_expired(*incoming)) put(incoming, cause::none);
    return;
  }
  const auto next = merged(mine, incoming);
  if (next->hash == mine->hash || (as == standing::hearsay && allege(mine, next))) return;
  put(next, cause::refuted);
}

/// What a table says of a member (a sync, perhaps from across a partition that has just healed) may
/// be long over. It is passed on at once but believed only after the member had time to contradict.
bool membership::allege(const row_ptr& mine, const row_ptr& next) {
  if (reachability_of(*mine) >= reachability::unreachable ||
      reachability_of(*next) < reachability::unreachable)
    return false;
  const auto own = merged(mine, unseen(next));
  if (own->hash != mine->hash) put(own, cause::refuted);
  const auto place =
      std::lower_bound(alleged_.begin(), alleged_.end(), next->ring,
                       [](const alleged_row& a, std::uint64_t ring) { return a.row->ring < ring; });
  if (place == alleged_.end() || place->row->ring != next->ring) {
    alleged_.insert(place, {next, now_.steady + timing::grace});
    add_news(next->ring);
  } else {
    place->row = merged(place->row, next);
  }
  return true;
}

/// Somebody's word about this node.
void membership::take_own(const row_ptr& told) {
  const auto& mine = *self_;
  if (told->incarnation < mine.incarnation) return;
  const bool another = told->who->boot != mine.who->boot;
  const bool newer = told->incarnation > mine.incarnation || told->who->boot > mine.who->boot;
  if (another && newer && settled_) {
    tell(event_kind::replaced, told, cause::restarted);
    over_ = true;
    return;
  }
  if (another || told->incarnation > mine.incarnation || told->life == lifecycle::forgotten) {
    if (another && settled_) tell(event_kind::conflict, told, cause::none);
    return outlive(told->incarnation);
  }
  // A word of this node that it does not know: another start with the same number, or a forgery.
  const bool strange = told->version == mine.version && unseen(told)->hash != unseen(self_)->hash;
  if (told->version > mine.version || strange) {
    auto own = mine;
    own.version = told->version;
    return rewrite(std::move(own), cause::refuted);
  }
  const auto said = reachability_of(*told);
  const bool present = told->version == mine.version || said == reachability::down;
  if (said != reachability::ok && present) contradict(said);
}

/// The row in the tables is of an earlier life of this node, or of another that uses its identity.
void membership::outlive(std::uint64_t other) {
  if (other + 1 >= max_incarnation) {
    tell(event_kind::conflict, self_, cause::none);
    return;
  }
  auto own = *self_;
  own.incarnation = other + 1;
  own.version = 0;
  out_.remember = true;
  rewrite(std::move(own), cause::restarted);
}

void membership::contradict(reachability said) {
  if (said == reachability::down)
    outlive(self_->incarnation);
  else
    rewrite(*self_, cause::refuted);
  if (said >= reachability::unreachable) begin_anew();
}

/// Who was away from the others knows nothing about them: what it holds against them may be the
/// other side of its own absence.
void membership::begin_anew() {
  alleged_.clear();
  const auto troubled = table_.troubled();
  for (const auto ring : troubled) put(unseen(*table_.at_ring(ring)), cause::isolated);
  watches_.restart(now_.steady);
  compare_now_ = true;
}

bool membership::is_expired(const member_row& row) const noexcept {
  if (row.life >= lifecycle::left) return now_.wall - row.changed > timing::listed;
  return reachability_of(row) == reachability::down &&
         now_.wall - row.sightings.front().since > timing::listed;
}

} // namespace hive::cluster
