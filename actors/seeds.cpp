#include "actors/seeds.hpp"

#include "core/base/random.hpp"

namespace hive::actors {
namespace {

/// A seed whose node is a member is dialled by its peer; this finds one that has changed hands.
constexpr std::chrono::seconds again{30};

} // namespace

seeds::seeds(const std::vector<std::string>& addresses, std::uint64_t seed) {
  for (const auto& address : addresses)
    all_.push_back({address, cluster::redial{mixed(seed + all_.size())}, time{0}, false});
}

std::vector<link::dial_order> seeds::due(time now) {
  std::vector<link::dial_order> out;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    auto& at = all_[i];
    if (at.under_way || at.due > now) continue;
    at.under_way = true;
    out.push_back({i + 1, at.address, {}});
  }
  return out;
}

void seeds::met(std::uint64_t ticket, time now) {
  if (auto* at = find(ticket)) {
    at->under_way = false;
    at->how.connected(now);
    at->due = now + again;
  }
}

void seeds::failed(std::uint64_t ticket, cluster::cause why, time now) {
  if (auto* at = find(ticket)) {
    at->under_way = false;
    at->due = at->how.failed(why, now);
  }
}

seeds::one* seeds::find(std::uint64_t ticket) {
  return ticket == 0 || ticket > all_.size() ? nullptr : &all_[ticket - 1];
}

} // namespace hive::actors
