#include "core/swarm/share.hpp"

#include "core/swarm/rendezvous.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace hive::swarm {

result<share> share::open(share_setup setup, share_policy policy) {
  HIVE_TRY(auto words, manifest::of(setup.content, setup.size));
  return share{std::move(setup), policy, std::move(words)};
}

share::share(share_setup setup, share_policy policy, manifest words)
  : setup_(std::move(setup)), policy_(policy),
    keeper_(setup_.content, setup_.size, setup_.self, policy.lease),
    reader_(setup_.self, std::move(words), setup_.seed, policy.reading), desk_(policy.uploading),
    fetcher_(reader_.words().grid().count(), policy.fetching),
    told_(reader_.words().grid().count()) {}

actions share::hear(const participant& who, time_point now) {
  keeper_.hear(who, now);
  participants_.insert_or_assign(who.node, who);
  if (who.node == setup_.self) return {};
  neighbours_stale_ = true;
  greeted_.erase(who.node);
  if (who.standing == reach::ok) return {};
  auto out = reader_.lose(who.node);
  fetcher_.answered(who.node);
  answered_at_.erase(who.node);
  if (who.standing == reach::gone) participants_.erase(who.node);
  append(out, desk_.lose(who.node, fetcher_.hidden(), now));
  return go_on(std::move(out), now);
}

bool share::reachable(const node_id& who) const {
  const auto found = participants_.find(who);
  return found != participants_.end() && found->second.standing == reach::ok;
}

std::vector<node_id> share::others() const {
  std::vector<node_id> out;
  for (const auto& [id, who] : participants_)
    if (id != setup_.self && who.standing == reach::ok) out.push_back(id);
  return out;
}

/// Neighbours that have told what they hold, and lack something.
std::vector<node_id> share::takers() const {
  std::vector<node_id> out;
  for (const auto& id : neighbours_) {
    const auto* peer = reader_.peers().find(id);
    if (peer != nullptr && !peer->holds.full() && !peer->barred_until && reachable(id))
      out.push_back(id);
  }
  return out;
}

have_map share::told_openly() const {
  auto out = reader_.have();
  for (const auto piece : fetcher_.hidden().pieces()) out.remove(piece);
  return out;
}

/// What peers hold and could be checked.
have_map share::elsewhere() const {
  auto out = reader_.peers().union_of_usable();
  out.keep_only(reader_.words().known());
  return out;
}

lack share::what_is_lacking() const {
  if (reader_.complete()) return lack::nothing;
  auto somewhere = elsewhere();
  somewhere.add(reader_.have());
  if (somewhere.full()) return lack::nothing;
  return reader_.peers().barred(keeper_.now().owner) ? lack::for_good : lack::something;
}

void share::refresh_neighbours(actions& out) {
  if (!neighbours_stale_) return;
  neighbours_stale_ = false;
  auto now_ours = neighbours(setup_.content, setup_.self, others());
  std::vector<node_id> added;
  std::set_difference(now_ours.begin(), now_ours.end(), neighbours_.begin(), neighbours_.end(),
                      std::back_inserter(added));
  neighbours_ = std::move(now_ours);
  std::erase_if(added, [&](const node_id& id) { return !greeted_.contains(id); });
  if (!added.empty()) out.push_back(tell{std::move(added), holds_pieces{encode(told_openly())}});
}

/// What one that can be reached from now on should know.
void share::greet(const node_id& who, actions& out) {
  if (keeper_.now().state != lease_state::free) out.push_back(tell{{who}, keeper_.now()});
  if (keeper_.owned_by(setup_.self)) tell_claims({who}, reader_.words().claims(), out);
  if (keeper_.mine()) out.push_back(tell{{who}, asks_union{}});
  if (std::binary_search(neighbours_.begin(), neighbours_.end(), who))
    out.push_back(tell{{who}, holds_pieces{encode(told_openly())}});
}

void share::greet_all(actions& out) {
  for (const auto& [id, who] : participants_)
    if (id != setup_.self && who.standing == reach::ok && greeted_.insert(id).second)
      greet(id, out);
}

void share::came(const node_id& peer, piece_index piece, std::uint64_t bytes, time_point now) {
  reader_.came(peer, piece, bytes, now);
}

actions share::arrived(const node_id& peer, const piece_claim& what, time_point now) {
  return go_on(reader_.arrived(peer, what, now), now);
}

actions share::failed(const node_id& peer, piece_index piece, errc why, time_point now) {
  return go_on(reader_.failed(peer, piece, why, now), now);
}

void share::fetching(piece_index piece, std::uint64_t bytes, time_point) {
  counts_.wan += bytes;
  if (fetcher_.under_way().has(piece))
    under_way_[piece] += bytes;
  else
    counts_.wasted += bytes;
}

actions share::fetched(const piece_claim& what, time_point now) {
  if (what.piece >= reader_.words().grid().count()) return {};
  if (reader_.have().has(what.piece)) counts_.wasted += under_way_[what.piece];
  under_way_.erase(what.piece);
  actions out = reader_.found(what, keeper_.mine(), now);
  if (keeper_.mine()) {
    tell_claims(neighbours_, {what}, out);
    fresh_claims_.push_back(what);
  }
  append(out, fetcher_.landed(what, takers(), now));
  return go_on(std::move(out), now);
}

actions share::fetch_failed(piece_index piece, time_point now) {
  if (const auto lost = under_way_.extract(piece)) counts_.wasted += lost.mapped();
  fetcher_.failed(piece);
  return go_on({}, now);
}

void share::forget_under_way() {
  for (const auto& [piece, bytes] : under_way_) counts_.wasted += bytes;
  under_way_.clear();
}

actions share::give_up(const std::string& human, time_point now) {
  const bool was_mine = keeper_.mine();
  return settle_lease(was_mine, keeper_.give_up(human, now), now);
}

actions share::found(const piece_claim& what, time_point now) {
  if (what.piece < reader_.words().grid().count())
    counts_.cache += reader_.words().grid().bytes(what.piece);
  auto out = reader_.found(what, keeper_.mine(), now);
  if (keeper_.mine()) fresh_claims_.push_back(what);
  return go_on(std::move(out), now);
}

actions share::checked_whole(bool right, time_point now) {
  if (!reader_.complete()) return {};
  const bool was_mine = keeper_.mine();
  auto out = reader_.settle(right);
  if (right) {
    keeper_.lacks(lack::nothing, now);
    append(out, settle_lease(was_mine, keeper_.finished(now), now));
    return out;
  }
  distrusts_others_ = true;
  if (!keeper_.owned_by(setup_.self)) append(out, reader_.blame(keeper_.now().owner, now));
  append(out,
         settle_lease(was_mine, keeper_.give_up("the pieces do not make the content", now), now));
  return out;
}

actions share::asked(const node_id& peer, piece_index piece, time_point now) {
  if (!participants_.contains(peer)) return {refuse_piece{peer, piece, errc::not_found}};
  return desk_.asked(peer, piece, reader_.have(), fetcher_.hidden(), now);
}

void share::went(const node_id& peer, piece_index piece, std::uint64_t bytes, time_point now) {
  desk_.went(peer, piece, bytes, now);
  fetcher_.moves(now);
}

actions share::served(const node_id& peer, piece_index piece, bool whole, time_point now) {
  if (whole) fetcher_.passed_on(piece, now);
  return go_on(desk_.over(peer, piece, fetcher_.hidden(), now), now);
}

actions share::tick(time_point now) {
  actions out;
  refresh_neighbours(out);
  greet_all(out);
  const bool was_mine = keeper_.mine();
  const auto sending = std::accumulate(under_way_.begin(), under_way_.end(), std::uint64_t{0},
                                       [](auto sum, const auto& p) { return sum + p.second; });
  keeper_.progressed(reader_.bytes_here() + sending, now);
  if (now - told_at_ >= policy_.news) keeper_.lacks(what_is_lacking(), now);
  append(out, settle_lease(was_mine, keeper_.tick(now), now));
  append(out, reader_.tick(now));
  append(out, desk_.tick(fetcher_.hidden(), now));
  append(out, fetcher_.tick(takers(), now));
  if (now - told_at_ >= policy_.news) tell_news(now, out);
  return go_on(std::move(out), now);
}

actions share::settle_lease(bool was_mine, actions from_keeper, time_point now) {
  for (auto& next : from_keeper)
    if (auto* word = std::get_if<tell>(&next); word != nullptr && word->to.empty())
      word->to = others();
  auto out = std::move(from_keeper);
  desk_.fetches(keeper_.mine());
  if (was_mine && !keeper_.mine()) {
    fetcher_.end();
    forget_under_way();
  }
  if (!was_mine && keeper_.mine()) {
    fresh_claims_ = reader_.words().claims();
    append(out, fetcher_.begin(distrusts_others_ ? std::vector<node_id>{} : others(), now));
  }
  return out;
}

actions share::go_on(actions so_far, time_point now) {
  if (keeper_.mine() && !fetcher_.collects(now))
    for (const auto& mine : reader_.unclaimed()) {
      append(so_far, reader_.found(mine, true, now));
      fresh_claims_.push_back(mine);
    }
  append(so_far, reader_.fill(now));
  if (fetcher_.has_room())
    append(so_far, fetcher_.next(reader_.have(), elsewhere(), !takers().empty(), now));
  return so_far;
}

tally share::counts() const noexcept {
  auto out = counts_;
  out.peers += reader_.came();
  out.wasted += reader_.wasted();
  out.served += desk_.went();
  return out;
}

} // namespace hive::swarm
