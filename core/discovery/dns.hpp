#pragma once
/// DNS messages as multicast DNS uses them (RFC 1035, 6762), read with bounds from whoever is on
/// the network. Pure.

#include "core/base/ascii.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive::discovery::dns {

/// What is longer than one packet of a large frame is not read.
inline constexpr std::size_t longest_message = 9000;
inline constexpr std::size_t most_questions = 64;
inline constexpr std::size_t most_records = 256;
inline constexpr std::size_t longest_name = 255; ///< on the wire
inline constexpr std::size_t most_jumps = 16;    ///< from place to place, of one compressed name

inline constexpr std::uint16_t type_a = 1;
inline constexpr std::uint16_t type_ptr = 12;
inline constexpr std::uint16_t type_txt = 16;
inline constexpr std::uint16_t type_aaaa = 28;
inline constexpr std::uint16_t type_srv = 33;
inline constexpr std::uint16_t type_any = 255;

/// A name, whatever bytes its labels hold. ASCII letters keep their case, as people are shown it,
/// and are compared without regard to it.
class name {
 public:
  name() = default;
  explicit name(std::string wire) : wire_(std::move(wire)), folded_(ascii::lowered(wire_)) {}

  /// As on the wire without compression: length, label, …, 0. Empty when there is no name.
  const std::string& wire() const noexcept { return wire_; }
  friend bool operator==(const name& a, const name& b) noexcept { return a.folded_ == b.folded_; }

 private:
  std::string wire_;
  // Kept, for a flood of long names is compared more often than it is read. No length of a label
  // is a letter.
  std::string folded_;
};

/// "_hive._tcp.local": labels of at most 63 bytes, none empty, no root dot.
name name_of(std::string_view dotted);
/// `label` in front of `rest`.
name below(std::string_view label, const name& rest);

struct question {
  name what;
  std::uint16_t type{0};
  friend bool operator==(const question&, const question&) = default;
};

/// Of class IN. `data` is as on the wire, but of PTR and SRV, whose name is in `target`.
struct record {
  name what;
  std::uint16_t type{0};
  bool flush{false}; ///< this is all there is of the name and type
  std::uint32_t ttl{0};
  std::string data;
  name target;
  std::uint16_t port{0}; ///< of SRV
  friend bool operator==(const record&, const record&) = default;
};

/// Of a query, `records` are the answers it knows already; of a response, all it brings.
struct message {
  bool response{false};
  std::vector<question> questions;
  std::vector<record> records;
};

/// Empty for what is malformed, truncated, beyond the bounds, no standard query, or an error.
/// Questions of other classes but any, records of others, and the authority section are left out.
std::optional<message> read(std::string_view datagram);
/// Names are compressed against the ones before.
std::string written(const message& what);

} // namespace hive::discovery::dns
