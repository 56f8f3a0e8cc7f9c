#pragma once
/// Who of the nodes that see each other fetches a content over the WAN. A record that spreads by
/// being merged: however often and in whatever order words arrive, all nodes end with the same one.
/// Pure.
///
/// It keeps an island to one fetcher at a time. It is no lock: bytes are checked by content, so a
/// fetcher that has not heard yet wastes some of them and harms nothing.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace hive::swarm {

enum class lease_state : std::uint8_t {
  free = 0, ///< nobody has ever held it
  held = 1,
  lost = 2, ///< the owner gave it up
  done = 3, ///< the owner has the whole content, its digest right
};
std::string_view to_string(lease_state s) noexcept;

/// Epochs beyond are refused: one is used up in no less than ten seconds.
inline constexpr std::uint64_t highest_epoch = 1ull << 32;

struct lease {
  std::uint64_t epoch{0};
  node_id owner; ///< empty while free
  lease_state state{lease_state::free};
  std::uint64_t progress{0}; ///< bytes the owner has got, from wherever
  std::uint64_t renewals{0}; ///< told by the owner so often
  friend bool operator==(const lease&, const lease&) = default;
};

/// Whether `a` stands against `b`: the higher epoch, then the lower owner.
bool precedes(const lease& a, const lease& b) noexcept;
/// Commutative, associative, idempotent. Of one epoch and owner the most advanced of everything.
lease merged(const lease& a, const lease& b);
/// Whether another node may say this of a content of `size` bytes: errc::bad_request if not.
outcome check_lease(const lease& told, std::uint64_t size);

} // namespace hive::swarm
