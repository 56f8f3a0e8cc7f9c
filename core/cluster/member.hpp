#pragma once
/// What one node knows of another: a row of the member table. Immutable values that are shared by
/// pointer, and a merge that is commutative, associative and idempotent, so that tables agree in
/// whatever order and however often rows arrive.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hive::cluster {

/// Bounds of what comes from the wire. `check` refuses rows beyond them.
inline constexpr std::size_t max_members = 4096;
inline constexpr std::size_t max_id_length = 64;
inline constexpr std::size_t max_name_length = 64;
inline constexpr std::size_t max_addresses = 8;
inline constexpr std::size_t max_address_length = 255;
inline constexpr std::size_t max_labels = 16;
inline constexpr std::size_t max_label_length = 64;
inline constexpr std::uint64_t max_incarnation = std::uint64_t{1} << 48;
/// From 1970 to 9999: what others say of the time is checked before it is reckoned with.
constexpr bool is_datable(wall_time t) noexcept {
  return t >= wall_time{} && t < std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};
}
/// Observers kept per row: two make a member unreachable, more would say nothing new.
inline constexpr std::size_t max_sightings = 2;

/// A node's own word about itself.
enum class lifecycle : std::uint8_t { joining = 0, up = 1, leaving = 2, left = 3, forgotten = 4 };
/// What others say about it.
enum class reachability : std::uint8_t { ok = 0, suspect = 1, unreachable = 2, down = 3 };
/// Why something changed, or why a link failed. The words are part of the API.
enum class cause : std::uint8_t {
  none = 0,
  silence = 1,       ///< nothing heard, directly or through others
  refused = 2,       ///< its machine answers, the program does not
  reset = 3,         ///< the connection was cut by its machine
  timeout = 4,       ///< a dial was not answered
  tls = 5,           ///< no common trust
  wrong_cluster = 6, ///< it belongs to another hive
  bad_version = 7,   ///< no protocol version both speak
  banned = 8,        ///< its certificate was revoked
  overloaded = 9,    ///< it takes no more links now
  closed = 10,       ///< an orderly end of the link
  refuted = 11,      ///< the member itself said that it is there
  restarted = 12,    ///< a newer incarnation of the member
  isolated = 13,     ///< this node hears nobody: it is probably away itself
  asked = 14,        ///< somebody asked for it
};

std::string_view to_string(lifecycle l) noexcept;
std::string_view to_string(reachability r) noexcept;
std::string_view to_string(cause c) noexcept;

/// Inclusive; versions of the messages between nodes.
struct protocol_range {
  std::uint16_t oldest{1};
  std::uint16_t newest{1};
  friend bool operator==(const protocol_range&, const protocol_range&) = default;
};

/// What a node tells of itself and seldom changes.
struct profile {
  node_id id;
  std::string name;
  /// "host:port" where it listens for peers. Only these are ever dialled.
  std::vector<std::string> addresses;
  std::vector<std::string> labels; ///< sorted, without repeats
  protocol_range protocol;
  /// Random per start of the process: two processes with the same id and incarnation differ here.
  std::uint64_t boot{0};
  friend bool operator==(const profile&, const profile&) = default;
};
using profile_ptr = std::shared_ptr<const profile>;

/// How sure an observer is.
enum class certainty : std::uint8_t {
  vote = 1,  ///< silent for me and for those I asked: one of two votes
  alone = 2, ///< one observer suffices: refused, reset, or there is no second to ask
  down = 3,  ///< unreachable for so long that its work is given away
};

/// One observer's word about a member.
struct sighting {
  node_id observer;
  certainty level{certainty::vote};
  cause why{cause::silence};
  wall_time since{}; ///< by the observer's clock: when it last heard the member
  friend bool operator==(const sighting&, const sighting&) = default;
};

/// The first five fields are written by the member alone. It raises `version` with every change and
/// `incarnation` with every start and to contradict `down`.
struct member_row {
  profile_ptr who; ///< never null
  std::uint64_t incarnation{0};
  std::uint32_t version{0};
  lifecycle life{lifecycle::joining};
  bool draining{false};            ///< takes no new work
  std::uint8_t disk_class{0};      ///< log2 of the free GiB, rounded down, plus one; 0: none
  wall_time changed{};             ///< of `life`, by the writer's clock
  std::vector<sighting> sightings; ///< about this incarnation; strongest first
  std::uint64_t ring{0};           ///< place on the ring, from the id
  std::uint64_t hash{0};           ///< of everything above, the same on every machine
  const node_id& id() const noexcept { return who->id; }
};
using row_ptr = std::shared_ptr<const member_row>;

/// Where an id stands on the ring everybody agrees on.
std::uint64_t ring_position(const node_id& id) noexcept;

/// Finishes a row: orders and bounds the sightings, computes `ring` and `hash`.
row_ptr sealed(member_row row);

/// What the observers' words amount to. Members that left are `ok`: nobody expects them.
reachability reachability_of(const member_row& row) noexcept;

/// The join of two rows of the same member. Returns one of the two pointers when it adds nothing.
///   - The member's own part: newer incarnation, then boot, then version wins; `forgotten` wins
///     within an incarnation.
///   - Sightings: of the winning incarnation; below `down` only those of the winning version.
row_ptr merged(const row_ptr& a, const row_ptr& b);

/// `row` with one more observer's word; the same pointer when that adds nothing.
row_ptr seen(const row_ptr& row, const sighting& more);
/// `row` without what observers said.
row_ptr unseen(const row_ptr& row);

/// errc::bad_request naming the bound that a row from the wire exceeds.
outcome check(const member_row& row);

} // namespace hive::cluster
