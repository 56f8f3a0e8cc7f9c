#include "actors/seeds.hpp"

#include "core/base/random.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

/// A seed whose node is a member is dialled by its peer; this finds one that has changed hands.
constexpr std::chrono::seconds seed_again{30};

} // namespace

seeds::seeds(const std::vector<std::string>& addresses, std::uint64_t seed) : seed_(seed) {
  for (const auto& address : addresses) {
    const auto ticket = ++last_;
    all_.push_back({ticket, address, cluster::redial{mixed(seed_ + ticket)}});
  }
}

std::size_t seeds::heard() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(all_, [](const one& at) { return at.until.has_value(); }));
}

/// Whoever floods the network does not fill the log.
bool seeds::may_tell() {
  if (told_ >= most_told) return false;
  ++told_;
  return true;
}

bool seeds::hear(const discovery::sighting& what, time now) {
  const auto& who = what.who.node;
  const bool farewell = what.lasts.count() == 0;
  const auto is_listed = [&](const std::string& address) {
    return !farewell && std::ranges::find(what.addresses, address) != what.addresses.end();
  };
  for (auto& at : all_)
    if (at.until && at.who == who && !is_listed(at.address)) at.until = now;
  if (farewell) return false;
  for (const auto& address : what.addresses) {
    const auto known = std::ranges::find(all_, address, &one::address);
    if (known == all_.end()) {
      add(address, who, now, now + what.lasts);
    } else if (known->until) {
      // Whoever lies about an address does not keep its node from being dialled.
      if (known->who != who) known->who = {};
      known->until = now + what.lasts;
    }
  }
  return introduced_.size() < most_told && introduced_.insert(who).second && may_tell();
}

void seeds::add(const std::string& address, const node_id& who, time now, time until) {
  forget_old(now);
  if (heard() >= most_heard && !make_room()) return;
  const auto ticket = ++last_;
  all_.push_back({ticket, address, cluster::redial{mixed(seed_ + ticket)}, now, false,
                  cluster::cause::none, who, until});
}

bool seeds::make_room() {
  auto worst = all_.end();
  for (auto at = all_.begin(); at != all_.end(); ++at) {
    if (!at->until || at->under_way || at->how.failures() < hopeless) continue;
    if (worst == all_.end() || at->how.failures() > worst->how.failures()) worst = at;
  }
  if (worst == all_.end()) return false;
  all_.erase(worst);
  return true;
}

void seeds::forget_old(time now) {
  std::erase_if(all_, [&](const one& at) { return at.until && *at.until <= now && !at.under_way; });
}

std::vector<link::dial_order> seeds::due(time now,
                                         const std::function<bool(const node_id&)>& has_link) {
  forget_old(now);
  std::erase_if(all_, [&](const one& at) { return at.until && !at.under_way && has_link(at.who); });
  std::vector<one*> heard_ones;
  std::size_t under_way = 0;
  std::vector<link::dial_order> out;
  const auto begin = [&](one& at) {
    at.under_way = true;
    out.push_back({at.ticket, at.address, {}});
  };
  for (auto& at : all_) {
    if (at.until && at.under_way) ++under_way;
    if (at.under_way || at.due > now) continue;
    if (at.until)
      heard_ones.push_back(&at);
    else
      begin(at);
  }
  // Who waits longest first, so that nobody is kept from its turn by many others.
  std::ranges::stable_sort(heard_ones, {}, &one::due);
  const auto most = std::min(most_begun, most_dials - std::min(most_dials, under_way));
  heard_ones.resize(std::min(heard_ones.size(), most));
  for (auto* at : heard_ones) begin(*at);
  return out;
}

void seeds::met(std::uint64_t ticket, time now) {
  if (auto* at = find(ticket)) {
    at->under_way = false;
    at->how.connected(now);
    at->due = now + seed_again;
  }
}

bool seeds::failed(std::uint64_t ticket, cluster::cause why, time now) {
  auto* const at = find(ticket);
  if (at == nullptr) return false;
  at->under_way = false;
  at->due = at->how.failed(why, now);
  return std::exchange(at->complained, why) != why && (!at->until || may_tell());
}

seeds::one* seeds::find(std::uint64_t ticket) {
  const auto at = std::ranges::find(all_, ticket, &one::ticket);
  return at == all_.end() ? nullptr : &*at;
}

} // namespace hive::actors
