#include "core/cluster/event.hpp"

#include <array>

namespace hive::cluster {

std::string_view name(event_kind k) noexcept {
  constexpr std::array<std::string_view, 18> names{
      "member.joined",   "member.restarted", "member.up",          "member.leaving",
      "member.left",     "member.suspect",   "member.unreachable", "member.down",
      "member.back",     "member.forgotten", "member.expired",     "member.conflict",
      "member.replaced", "member.slow",      "member.in-time",     "member.isolated",
      "member.reunited", "member.refused"};
  const auto at = static_cast<std::size_t>(k);
  return at < names.size() ? names[at] : "member.unknown";
}

} // namespace hive::cluster
