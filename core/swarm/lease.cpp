#include "core/swarm/lease.hpp"

#include <algorithm>

namespace hive::swarm {

std::string_view to_string(lease_state s) noexcept {
  switch (s) {
  case lease_state::free: return "free";
  case lease_state::held: return "held";
  case lease_state::lost: return "lost";
  case lease_state::done: return "done";
  }
  return "unknown";
}

bool precedes(const lease& a, const lease& b) noexcept {
  return a.epoch != b.epoch ? a.epoch > b.epoch : a.owner < b.owner;
}

lease merged(const lease& a, const lease& b) {
  if (precedes(a, b)) return a;
  if (precedes(b, a)) return b;
  return {a.epoch, a.owner, std::max(a.state, b.state), std::max(a.progress, b.progress),
          std::max(a.renewals, b.renewals)};
}

outcome check_lease(const lease& told, std::uint64_t size) {
  const auto refused = [](const std::string& what) {
    return fail(errc::bad_request, "a lease " + what, "update the node that sent it");
  };
  if (told.state > lease_state::done)
    return refused("has state " + std::to_string(static_cast<int>(told.state)) +
                   ", which nobody knows");
  const bool is_free = told.state == lease_state::free;
  if (is_free && told != lease{}) return refused("is free and yet somebody's");
  if (!is_free && (told.epoch == 0 || told.epoch > highest_epoch))
    return refused("has epoch " + std::to_string(told.epoch) + ", out of 1 to " +
                   std::to_string(highest_epoch));
  if (!is_free && !is_ulid(told.owner.value)) return refused("has an owner that is no node's id");
  if (told.progress > size)
    return refused("tells of " + std::to_string(told.progress) + " bytes of " +
                   std::to_string(size));
  return {};
}

} // namespace hive::swarm
