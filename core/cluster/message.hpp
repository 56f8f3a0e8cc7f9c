#pragma once
/// What members say to one another: plain values with explicit bounds, for the actor layer to
/// serialise. Rows are shared, never changed.

#include "core/cluster/member.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace hive::cluster {

/// The time as the caller's node has it: `steady` only grows and measures; `wall` is for people.
struct moment {
  std::chrono::milliseconds steady{};
  wall_time wall{};
};

/// Rows in one message; 256 of usual size are about 40 KiB.
inline constexpr std::size_t max_rows = 256;
inline constexpr std::size_t buckets = 64;
/// A table in 512 bytes: the sum of the rows' hashes per stretch of the ring.
using digest_sums = std::array<std::uint64_t, buckets>;

/// What is passed on about members.
struct word {
  std::vector<row_ptr> news; ///< changes the sender believes
  /// Accusations the sender learned from somebody's table and gives the accused time to contradict.
  std::vector<row_ptr> hearsay;
  bool empty() const noexcept { return news.empty() && hearsay.empty(); }
};

/// "I watch you": wants an `ack`. Also carries news.
struct ping {
  word told;
};
/// "I am here." Carries the sender's row of the receiver when it does not look well, for the
/// receiver to contradict.
struct ack {
  word told;
};
/// News for somebody who is not watched.
struct gossip {
  word told;
};
/// "Can you reach this member?"
struct probe {
  node_id target;
};
/// "I heard it just now." There is no answer for no.
struct probe_answer {
  node_id target;
};
/// "This is my table, and this am I; what do you have that differs?"
struct sync {
  row_ptr self;
  digest_sums sums{};
};
/// All rows of the buckets in `mask`; accusations in them are hearsay. `answer`: send back what you
/// know better.
struct sync_rows {
  std::uint64_t mask{0};
  bool answer{false};
  std::vector<row_ptr> all;
};

using message = std::variant<ping, ack, gossip, probe, probe_answer, sync, sync_rows>;

/// errc::bad_request naming the bound a message exceeds.
outcome check(const message& m);

/// Bytes of a compact encoding: 8-byte numbers where they are large, texts with a 2-byte length, 16
/// bytes of frame. For figures; the actor layer's encoding decides.
std::size_t wire_bytes(const message& m) noexcept;

} // namespace hive::cluster
