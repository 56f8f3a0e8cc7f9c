#include "actors/content_share.hpp"

#include "core/base/units.hpp"

#include <algorithm>
#include <utility>

namespace hive::actors {

namespace {

using swarm::reach;

/// For those who have the content to say so, before it is fetched over the WAN.
constexpr std::chrono::milliseconds answers{400};
/// A holder that hashes says so every second.
constexpr std::chrono::seconds preparation{3};
/// Without a source of its own, and with nobody else's bytes.
constexpr std::chrono::seconds hope{12};
constexpr std::chrono::seconds reminder{30};
constexpr std::chrono::seconds rest{60};

std::string plain(errc code) {
  return std::string{to_string(code)};
}

} // namespace

result<content_share> content_share::open(swarm::share_setup setup, swarm::share_policy policy,
                                          role as, sharing_hands& hands) {
  HIVE_TRY(auto made, swarm::share::open(setup, policy));
  return content_share{std::move(setup), as, hands, std::move(made)};
}

content_share::content_share(swarm::share_setup setup, role as, sharing_hands& hands,
                             swarm::share share)
  : setup_(std::move(setup)), role_(as), hands_(&hands), share_(std::move(share)) {}

/// From here on the share runs: what is here has been told.
void content_share::begin(time_point now) {
  role_ = role_ == role::hashing ? role::holding : role::fetching;
  began_ = hope_at_ = asked_at_ = announced_at_ = now;
  hands_->announce(setup_.content, setup_.size, swarm::takes_part{true, true});
  join_self(now);
}

/// Whoever has the content may be about to say so.
bool content_share::may_fetch(time_point now) const {
  if (role_ == role::holding) return true; // from its own disk
  if (no_source_) return false;
  const bool prepared = std::any_of(preparing_.begin(), preparing_.end(),
                                    [&](const auto& p) { return now - p.second < preparation; });
  return !prepared && now - began_ >= answers;
}

void content_share::join_self(time_point now) {
  could_fetch_ = may_fetch(now);
  perform(share_.hear({setup_.self, reach::ok, could_fetch_}, now), now);
}

void content_share::member(const node_id& who, reach standing, time_point now) {
  const auto known = participants_.find(who);
  if (known == participants_.end() || known->second == standing) return;
  if (standing == reach::gone) {
    participants_.erase(known);
    preparing_.erase(who);
    std::erase_if(requests_, [&](const auto& r) { return r.first.first == who; });
  } else {
    known->second = standing;
  }
  perform(share_.hear({who, standing, role_ != role::holding}, now), now);
  if (standing == reach::ok && role_ != role::opening)
    hands_->say({who}, setup_.content, setup_.size,
                swarm::takes_part{role_ != role::hashing, true});
}

void content_share::meet(const node_id& who, const swarm::takes_part& said, time_point now) {
  if (said.asks && role_ != role::opening)
    hands_->say({who}, setup_.content, setup_.size,
                swarm::takes_part{role_ != role::hashing, false});
  if (!said.ready) {
    preparing_.insert_or_assign(who, now);
    return;
  }
  preparing_.erase(who);
  const bool news = participants_.insert_or_assign(who, reach::ok).second;
  // Who asks knows nothing (any more) of what was said before.
  if (news || said.asks) perform(share_.hear({who, reach::ok, role_ != role::holding}, now), now);
}

void content_share::hear(const node_id& from, const swarm::saying& what, time_point now) {
  if (const auto* part = std::get_if<swarm::takes_part>(&what)) return meet(from, *part, now);
  if (std::holds_alternative<swarm::leaves>(what)) return member(from, reach::gone, now);
  if (role_ == role::opening || role_ == role::hashing) return;
  auto out = share_.hear(from, std::get<swarm::note>(what), now);
  if (out) return perform(std::move(*out), now);
  // Once is enough to know who.
  if (out.why().code == errc::bad_request && complained_.insert(from).second)
    hands_->narrate(setup_.content, {"word-refused",
                                     true,
                                     "node " + from.value + ": " + sentence(out.why()),
                                     {{"node", from.value}}});
}

void content_share::hear(const transfer::piece_news& what, time_point now) {
  std::visit([&](const auto& one) { take(one, now); }, what);
}

void content_share::take(const transfer::piece_here& what, time_point now) {
  perform(share_.found(what.what, now), now);
}

void content_share::take(const transfer::source_bytes& what, time_point now) {
  share_.fetching(what.piece, what.bytes, now);
}

void content_share::take(const transfer::source_piece& what, time_point now) {
  perform(share_.fetched(what.what, now), now);
}

void content_share::take(const transfer::source_lost& what, time_point now) {
  no_source_ = what.why;
  hope_at_ = now;
  join_self(now);
  perform(share_.give_up(sentence(what.why), now), now);
}

void content_share::take(const transfer::peer_bytes& what, time_point now) {
  hope_at_ = now;
  share_.came(what.peer, what.piece, what.bytes, now);
}

void content_share::take(const transfer::peer_piece& what, time_point now) {
  perform(share_.arrived(what.peer, what.what, now), now);
}

void content_share::take(const transfer::peer_lost& what, time_point now) {
  perform(share_.failed(what.peer, what.piece, what.why, now), now);
}

void content_share::take(const transfer::whole_checked& what, time_point now) {
  perform(share_.checked_whole(what.right, now), now);
}

void content_share::hashed(const std::vector<swarm::piece_claim>& pieces, time_point now) {
  if (role_ != role::hashing) return;
  begin(now);
  for (const auto& one : pieces) perform(share_.found(one, now), now);
}

void content_share::settled(time_point now) {
  role_ = role::holding;
  asked_at_ = now;
}

void content_share::asked(const node_id& peer, swarm::piece_index piece, std::uint64_t request,
                          time_point now) {
  asked_at_ = now;
  const bool known = participants_.contains(peer);
  if (!known || role_ == role::opening || role_ == role::hashing ||
      requests_.contains({peer, piece}))
    return hands_->refuse(request, known ? errc::conflict : errc::not_found);
  requests_.emplace(key{peer, piece}, request);
  perform(share_.asked(peer, piece, now), now);
}

void content_share::went(std::uint64_t request, std::uint64_t bytes, time_point now) {
  asked_at_ = now;
  for (const auto& [what, number] : requests_)
    if (number == request) return share_.went(what.first, what.second, bytes, now);
}

void content_share::over(std::uint64_t request, bool whole, time_point now) {
  const auto at = std::find_if(requests_.begin(), requests_.end(),
                               [&](const auto& r) { return r.second == request; });
  if (at == requests_.end()) return;
  const auto what = at->first;
  requests_.erase(at);
  perform(share_.served(what.first, what.second, whole, now), now);
}

void content_share::tick(time_point now) {
  if (role_ == role::opening) return;
  const bool remind =
      now - announced_at_ >= (role_ == role::hashing ? std::chrono::seconds{1} : reminder);
  if (remind) {
    announced_at_ = now;
    hands_->announce(setup_.content, setup_.size, swarm::takes_part{role_ != role::hashing, false});
  }
  if (role_ == role::hashing) return;
  if (may_fetch(now) != could_fetch_) join_self(now);
  for (const auto& lost : std::exchange(unasked_, {}))
    perform(share_.failed(lost.peer, lost.piece, errc::unreachable, now), now);
  perform(share_.tick(now), now);
  despair_if_hopeless(now);
}

/// Without a source, and with nobody who fetches for it or has what lacks.
void content_share::despair_if_hopeless(time_point now) {
  if (!no_source_ || role_ != role::fetching) return;
  const auto& lease = share_.who_fetches();
  const auto owner = participants_.find(lease.owner);
  if (lease.state == swarm::lease_state::held && owner != participants_.end() &&
      owner->second == reach::ok)
    hope_at_ = now;
  if (now - hope_at_ >= hope) hands_->order(setup_.content, transfer::despair{*no_source_});
}

bool content_share::idle(time_point now) const noexcept {
  return role_ == role::holding && now - asked_at_ >= rest;
}

void content_share::close() {
  for (const auto& [what, request] : requests_) hands_->refuse(request, errc::not_found);
  requests_.clear();
  if (role_ != role::opening) hands_->announce(setup_.content, setup_.size, swarm::leaves{});
}

// What the share wants done.

void content_share::perform(swarm::actions what, time_point now) {
  for (const auto& next : what) std::visit([&](const auto& a) { act(a, now); }, next);
}

void content_share::act(const swarm::tell& a, time_point) {
  if (!a.to.empty()) hands_->say(a.to, setup_.content, setup_.size, a.what);
}

void content_share::act(const swarm::ask_piece& a, time_point) {
  if (!hands_->request(setup_.content, a)) unasked_.push_back(a);
}

void content_share::act(const swarm::drop_piece& a, time_point) {
  hands_->order(setup_.content, a);
}

void content_share::act(const swarm::serve_piece& a, time_point) {
  const auto at = requests_.find({a.peer, a.piece});
  if (at == requests_.end()) return; // the desk's stall gives the slot back
  hands_->serve(setup_.content, at->second, share_.reading().words().grid().range(a.piece));
}

void content_share::act(const swarm::refuse_piece& a, time_point) {
  const auto at = requests_.extract({a.peer, a.piece});
  if (at) hands_->refuse(at.mapped(), a.why);
}

void content_share::act(const swarm::fetch_piece& a, time_point) {
  hands_->order(setup_.content, a);
}

void content_share::act(const swarm::stop_fetching& a, time_point) {
  hands_->order(setup_.content, a);
}

void content_share::act(const swarm::keep_piece& a, time_point) {
  hands_->order(setup_.content, a);
}

void content_share::act(const swarm::forget_piece& a, time_point) {
  hands_->order(setup_.content, a);
}

void content_share::act(const swarm::bar_peer& a, time_point) {
  if (a.why == errc::digest_mismatch) hands_->bad_piece();
  hands_->narrate(
      setup_.content,
      {"peer-barred",
       true,
       a.human,
       {{"node", a.peer.value}, {"code", plain(a.why)}, {"piece", std::to_string(a.piece)}}});
}

/// A blob that stands is what its name says; a transfer tells by itself.
void content_share::act(const swarm::check_whole&, time_point now) {
  if (role_ == role::holding) perform(share_.checked_whole(true, now), now);
}

void content_share::act(const swarm::lease_changed& a, time_point) {
  hands_->narrate(setup_.content, {"lease-changed",
                                   false,
                                   a.human,
                                   {{"owner", a.now.owner.value},
                                    {"epoch", std::to_string(a.now.epoch)},
                                    {"lease", std::string{to_string(a.now.state)}}}});
}

} // namespace hive::actors
