#include "core/cluster/membership.hpp"

#include <algorithm>
#include <utility>

namespace hive::cluster {

using std::chrono::milliseconds;

membership::membership(birth begin, moment now) : random_(begin.seed), now_(now) {
  member_row own;
  own.incarnation = begin.incarnation;
  own.disk_class = begin.disk_class;
  own.changed = now.wall;
  own.life = begin.founds || !begin.known.empty() ? lifecycle::up : lifecycle::joining;
  own.who = std::make_shared<const profile>(std::move(begin.self));
  self_ = sealed(std::move(own));
  settled_ = begin.founds;
  for (auto& row : begin.known) {
    if (row->id() != self_->id()) table_.put(std::move(row));
    // Rows of before are shared, not copied: a thousand nodes begin with one table.
    else if (row->hash == self_->hash)
      self_ = std::move(row);
  }
  table_.put(self_);
  compare_now_ = table_.size() > 1;
  heard_anyone_ = now.steady;
  // Nodes that start together spread their beats over a second.
  next_beat_ = now.steady + milliseconds{static_cast<milliseconds::rep>(
                                random_.below(static_cast<std::uint64_t>(timing::beat.count())))};
  expected_wake_ = next_beat_;
  watches_.arrange(table_, self_->ring, now_.steady, 1);
}

/// Every input comes through here first: a wake-up that is overdue tells how slow this node is.
void membership::catch_up(moment now) {
  now_ = now;
  const auto late = now.steady - expected_wake_;
  if (late <= timing::lateness) return;
  const bool was_slow = pace_.stretch() > 1;
  pace_.late(late);
  late_this_beat_ = true;
  watches_.credit(late);
  heard_anyone_ += late;
  expected_wake_ = now.steady;
  if (!was_slow) tell(event_kind::slow, self_, cause::none);
}

actions membership::done(moment now) {
  out_.wake = over_ ? milliseconds::max() : std::max(next_wake(), now.steady);
  expected_wake_ = out_.wake;
  return std::exchange(out_, actions{});
}

void membership::send(profile_ptr to, message what) {
  out_.send.push_back({std::move(to), std::move(what)});
}

void membership::tell(event_kind kind, const row_ptr& subject, cause why) {
  out_.events.push_back({kind, subject, self_->id(), now_.wall, why});
}

void membership::tell(event_kind kind, const row_ptr& subject, const sighting& s) {
  out_.events.push_back({kind, subject, s.observer, s.since, s.why});
}

/// A new word of this node about itself.
void membership::rewrite(member_row changed, cause why) {
  ++changed.version;
  const auto before = self_;
  self_ = sealed(std::move(changed));
  table_.put(self_);
  add_news(self_->ring);
  tell_change(before.get(), self_, why);
}

/// A row that differs from the one in the table.
void membership::put(const row_ptr& next, cause why) {
  const auto before = table_.share(next->id());
  if (!table_.put(next)) {
    tell(event_kind::refused, next, cause::overloaded);
    return;
  }
  add_news(next->ring);
  if (!before || before->who != next->who) out_.remember = true;
  if (auto* w = watches_.find(next->ring); w && before && next->incarnation > before->incarnation) {
    w->heard = now_.steady;
    w->suspected = false;
  }
  tell_change(before.get(), next, why);
}

void membership::tell_change(const member_row* before, const row_ptr& after, cause why) {
  constexpr std::array life_kinds{event_kind::joined, event_kind::up, event_kind::leaving,
                                  event_kind::left, event_kind::forgotten};
  if (!before) tell(event_kind::joined, after, cause::none);
  const bool reborn = before && after->incarnation > before->incarnation;
  if (reborn) tell(event_kind::restarted, after, cause::restarted);
  if ((!before && after->life != lifecycle::joining) || (before && before->life != after->life)) {
    out_.events.push_back({life_kinds[static_cast<std::size_t>(after->life)], after, after->id(),
                           after->changed, cause::asked});
    out_.remember = true;
  }
  const auto was = before ? reachability_of(*before) : reachability::ok;
  const auto is = reachability_of(*after);
  if (was == is) return;
  constexpr std::array reach_kinds{event_kind::back, event_kind::suspect, event_kind::unreachable,
                                   event_kind::down};
  if (is != reachability::ok)
    tell(reach_kinds[static_cast<std::size_t>(is)], after, after->sightings.front());
  else
    out_.events.push_back(
        {event_kind::back, after, after->id(), now_.wall, reborn ? cause::restarted : why});
}

actions membership::link_up(const row_ptr& peer, moment now) {
  catch_up(now);
  if (over_ || !peer || !check(*peer) || peer->id() == self_->id()) return done(now);
  const bool was_lost = !table_.find(peer->id()) || table_.is_lost(peer->id());
  take(peer, standing::untrusted);
  note_sender(peer->id());
  if (was_lost || !settled_) send(peer->who, sync{self_, table_.sums()});
  return done(now);
}

actions membership::link_down(const node_id& peer, cause why, moment now) {
  catch_up(now);
  auto* w = watches_.find(ring_position(peer));
  const auto row = table_.share(peer);
  const bool telling = why == cause::refused || why == cause::reset;
  if (over_ || !w || !row || !telling || row->life != lifecycle::up) return done(now);
  if (w->has_blamed && w->blamed == row->incarnation) return done(now);
  w->has_blamed = true;
  w->blamed = row->incarnation;
  if (reachability_of(*row) < reachability::unreachable) accuse(*w, row, certainty::alone, why);
  return done(now);
}

actions membership::set_draining(bool draining, moment now) {
  catch_up(now);
  auto own = *self_;
  own.draining = draining;
  if (draining != self_->draining) rewrite(std::move(own), cause::asked);
  return done(now);
}

actions membership::set_disk_class(std::uint8_t disk_class, moment now) {
  catch_up(now);
  auto own = *self_;
  own.disk_class = disk_class;
  if (disk_class != self_->disk_class) rewrite(std::move(own), cause::asked);
  return done(now);
}

actions membership::set_addresses(std::vector<std::string> addresses, moment now) {
  catch_up(now);
  auto who = *self_->who;
  who.addresses = std::move(addresses);
  if (who != *self_->who) {
    auto own = *self_;
    own.who = std::make_shared<const profile>(std::move(who));
    rewrite(std::move(own), cause::asked);
  }
  return done(now);
}

actions membership::leave(moment now) {
  catch_up(now);
  if (farewell_ < 0) {
    farewell_ = 2 * timing::farewell_beats;
    auto own = *self_;
    own.life = lifecycle::leaving;
    own.changed = now.wall;
    rewrite(std::move(own), cause::asked);
  }
  return done(now);
}

outcome confirm_majority(const island& seen) {
  if (seen.has_majority()) return {};
  return fail(errc::no_majority, "only " + std::to_string(seen.visible) + " of " +
                                     std::to_string(seen.expected) +
                                     " known members of the hive are in reach, and " +
                                     std::to_string(seen.expected / 2 + 1) + " are needed");
}

result<actions> membership::forget(const node_id& who, bool force, moment now) {
  catch_up(now);
  const auto row = table_.share(who);
  if (!row) return fail(errc::not_found, "the hive has no member " + who.value);
  if (row->life < lifecycle::left && reachability_of(*row) < reachability::unreachable)
    return fail(errc::conflict, "member " + who.value + " is here",
                "stop it, or let it leave ('hive leave' there)");
  if (!force) HIVE_CHECK(confirm_majority(around()));
  auto struck = *row;
  struck.life = lifecycle::forgotten;
  struck.changed = now.wall;
  put(sealed(std::move(struck)), cause::asked);
  return done(now);
}

std::optional<member_view> membership::view(const node_id& who) const {
  const auto row = table_.share(who);
  if (!row) return std::nullopt;
  member_view out{row, reachability_of(*row), {}, {}, cause::none};
  if (out.reach != reachability::ok) {
    const auto& s = row->sightings.front();
    out = {row, out.reach, s.observer, s.since, s.why};
  }
  if (row == self_ || row->life >= lifecycle::left) return out;
  const auto& watched = watches_.all();
  const auto mine = std::find_if(watched.begin(), watched.end(),
                                 [&](const watch& w) { return w.ring == row->ring; });
  if (out.reach == reachability::ok && mine != watched.end() && mine->suspected)
    out = {row, reachability::suspect, self_->id(), wall_of(mine->heard), cause::silence};
  if (isolated_ && out.reach < reachability::unreachable)
    out = {row, reachability::unreachable, self_->id(), wall_of(heard_anyone_), cause::isolated};
  return out;
}

island membership::around() const {
  island out;
  out.expected = table_.expected();
  out.visible = isolated_ ? 1 : out.expected - table_.lost();
  for (const auto ring : table_.troubled()) {
    const auto& row = **table_.at_ring(ring);
    if (reachability_of(row) < reachability::unreachable) continue;
    const auto since = row.sightings.front().since;
    out.since = out.since ? std::min(*out.since, since) : since;
  }
  if (isolated_) out.since = wall_of(heard_anyone_);
  return out;
}

bool membership::watches(const node_id& who) const {
  const auto ring = ring_position(who);
  const auto& all = watches_.all();
  return std::any_of(all.begin(), all.end(), [&](const watch& w) { return w.ring == ring; });
}

std::vector<row_ptr> membership::known() const {
  std::vector<row_ptr> out;
  for (std::size_t i = 0; i < table_.size(); ++i)
    if (table_.at(i)->life < lifecycle::left) out.push_back(table_.at(i));
  return out;
}

std::vector<profile_ptr> membership::confidants() {
  std::vector<profile_ptr> out;
  for (const auto& w : watches_.all()) {
    const auto* row = table_.at_ring(w.ring);
    if (row && reachability_of(**row) < reachability::unreachable) out.push_back((*row)->who);
  }
  for (const auto place : random_visible(timing::random_peers))
    out.push_back(table_.at(place)->who);
  return out;
}

} // namespace hive::cluster
