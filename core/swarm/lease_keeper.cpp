#include "core/swarm/lease_keeper.hpp"

#include "core/swarm/rendezvous.hpp"

#include <algorithm>
#include <utility>

namespace hive::swarm {

namespace {

std::string seconds(std::chrono::milliseconds span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count()) + " s";
}

std::string held_by(const lease& what) {
  return "node " + what.owner.value + " (epoch " + std::to_string(what.epoch) + ")";
}

} // namespace

lease_keeper::lease_keeper(std::string content, std::uint64_t size, node_id self,
                           lease_policy policy)
  : content_(std::move(content)), size_(size), self_(std::move(self)), policy_(policy) {}

actions lease_keeper::hear(const participant& who, time_point now) {
  const auto [found, fresh] =
      members_.try_emplace(who.node, member{who, now, rendezvous_weight(content_, who.node), 0});
  auto& known = found->second;
  if (!fresh && known.what.standing != who.standing) known.since = now;
  known.what = who;
  if (who.standing == reach::gone && !owned_by(who.node)) members_.erase(found);
  return {};
}

result<actions> lease_keeper::hear(const lease& told, time_point now) {
  HIVE_CHECK(check_lease(told, size_));
  if (told.state == lease_state::free) return actions{};
  if (!members_.contains(told.owner))
    return fail(errc::not_found,
                "a lease is held by node " + told.owner.value + ", which takes no part here",
                "wait until its membership has spread");
  // Nobody but this node knows better what it holds itself.
  if (told.owner == self_ && told.epoch <= lease_.epoch && owned_by(self_)) return actions{};
  actions out;
  const auto next = merged(lease_, told);
  if (next.epoch != lease_.epoch || next.owner != lease_.owner)
    adopt(next, now, out);
  else if (next != lease_)
    follow(next, now, out);
  return out;
}

void lease_keeper::adopt(const lease& next, time_point now, actions& out) {
  const bool yields = mine();
  const auto before = members_.find(lease_.owner);
  if (before != members_.end() && before->second.what.standing == reach::gone)
    members_.erase(before);
  lease_ = next;
  heard_at_ = progress_at_ = now;
  open_since_.reset();
  if (yields) out.push_back(stop_fetching{});
  if (mine()) {
    // A former life of this node held it. What that had under way is gone.
    append(out, give_up("it has been started anew", now));
    return;
  }
  out.push_back(lease_changed{
      lease_, yields
                  ? "gives way to " + held_by(next) + " and keeps what has come"
                  : "the lease of " + held_by(next) + " is " + std::string{to_string(next.state)}});
}

void lease_keeper::follow(const lease& next, time_point now, actions& out) {
  if (next.progress > lease_.progress) progress_at_ = now;
  const bool ends = next.state != lease_.state;
  if (ends && next.state == lease_state::lost) note_failure();
  lease_ = next;
  if (!ends) return;
  heard_at_ = now;
  open_since_.reset();
  out.push_back(lease_changed{lease_, "the lease of " + held_by(lease_) + " is " +
                                          std::string{to_string(lease_.state)}});
}

void lease_keeper::progressed(std::uint64_t bytes, time_point now) {
  if (!mine() || bytes <= lease_.progress) return;
  lease_.progress = std::min(bytes, size_);
  progress_at_ = now;
}

void lease_keeper::lacks(lack what, time_point now) {
  if (what == lack::nothing)
    lacking_since_.reset();
  else if (!lacking_since_)
    lacking_since_ = now;
  lacking_ = what;
}

actions lease_keeper::finished(time_point now) {
  if (!mine()) return {};
  lease_.state = lease_state::done;
  lease_.progress = size_;
  heard_at_ = now;
  auto out = renew(now);
  out.push_back(lease_changed{lease_, held_by(lease_) + " has the whole content"});
  return out;
}

actions lease_keeper::give_up(const std::string& human, time_point now) {
  if (!mine()) return {};
  lease_.state = lease_state::lost;
  open_since_.reset();
  auto out = renew(now);
  out.push_back(stop_fetching{});
  out.push_back(lease_changed{lease_, held_by(lease_) + " gives the lease up: " + human});
  return out;
}

/// Why the lease is nobody's now, if it is.
std::optional<std::string> lease_keeper::ended(time_point now) const {
  if (lease_.state == lease_state::free) return "nobody fetches yet";
  if (lease_.state == lease_state::lost) return "its owner gave it up";
  if (lease_.state == lease_state::done) {
    if (lacking_ == lack::nothing) return std::nullopt;
    if (lease_.owner == self_) return "this node fetched it and has it no more";
    if (lacking_ == lack::for_good) return "its owner is barred";
    if (now - std::max(*lacking_since_, heard_at_) < policy_.out_of_reach) return std::nullopt;
    return "what was fetched is not to be had any more";
  }
  const auto owner = members_.find(lease_.owner);
  const auto standing = owner == members_.end() ? reach::gone : owner->second.what.standing;
  if (standing == reach::gone) return "its owner is gone";
  if (standing == reach::unreachable &&
      now - std::max(owner->second.since, heard_at_) >= policy_.out_of_reach)
    return "its owner has been out of reach for " + seconds(policy_.out_of_reach);
  if (now - progress_at_ >= policy_.stuck)
    return "its owner got no byte for " + seconds(policy_.stuck);
  return std::nullopt;
}

/// This node's place among those that can take it.
int lease_keeper::turn_of_self() const {
  // Nobody else knows that it is over.
  if (lease_.owner == self_ && lease_.state == lease_state::done) return 0;
  const auto& self = members_.at(self_);
  int turn = 0;
  for (const auto& [id, other] : members_) {
    if (id == self_ || other.what.standing != reach::ok || !other.what.can_fetch) continue;
    if (id == lease_.owner && lease_.state == lease_state::done) continue;
    const bool first = other.failures != self.failures ? other.failures < self.failures
                       : other.weight != self.weight   ? other.weight > self.weight
                                                       : id < self_;
    if (first) ++turn;
  }
  return std::min(turn, policy_.turns);
}

bool lease_keeper::may_take() const {
  const auto self = members_.find(self_);
  return lacking_ != lack::nothing && self != members_.end() && self->second.what.can_fetch &&
         lease_.epoch < highest_epoch;
}

void lease_keeper::note_failure() {
  const auto owner = members_.find(lease_.owner);
  if (owner != members_.end() && lease_.state == lease_state::held &&
      owner->second.what.standing == reach::ok)
    ++owner->second.failures;
}

actions lease_keeper::take(time_point now) {
  actions out;
  const auto why = ended(now).value_or("");
  lease_ = {lease_.epoch + 1, self_, lease_state::held, 0, 0};
  heard_at_ = progress_at_ = now;
  open_since_.reset();
  append(out, renew(now));
  out.push_back(lease_changed{lease_, held_by(lease_) + " takes the lease: " + why});
  return out;
}

actions lease_keeper::renew(time_point now) {
  renewed_at_ = now;
  ++lease_.renewals;
  return {tell{{}, lease_}};
}

actions lease_keeper::tick(time_point now) {
  const bool slept = ticked_at_ && now - *ticked_at_ >= policy_.out_of_reach;
  ticked_at_ = now;
  if (slept) progress_at_ = now, woke_at_ = now;
  // Others may have taken it meanwhile: their word is on its way.
  if (slept && mine()) return give_up("this node did not run for a while", now);
  if (mine() && now - progress_at_ >= policy_.stuck) {
    note_failure();
    return give_up("no byte came for " + seconds(policy_.stuck), now);
  }
  if (mine()) return now - renewed_at_ >= policy_.renewal ? renew(now) : actions{};
  if (!ended(now)) {
    open_since_.reset();
    return {};
  }
  if (!open_since_) {
    note_failure();
    open_since_ = now;
  }
  if (woke_at_ && now - *woke_at_ < policy_.turn) return {};
  if (!may_take() || now - *open_since_ < policy_.turn * turn_of_self()) return {};
  return take(now);
}

} // namespace hive::swarm
