#pragma once
/// What the swarms of two nodes say to each other about one content, and its form on the wire.
/// Pure.
///
/// The form: the length of the content's key (1 byte) and the key, its size (8 bytes, low ones
/// first), then what is said. Which of these it is travels beside it, as a number.

#include "core/base/result.hpp"
#include "core/swarm/action.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace hive::swarm {

/// The teller fetches the content, or has it.
struct takes_part {
  bool ready{true}; ///< false: it has it, and is still hashing its pieces
  bool asks{false}; ///< to be told who else takes part
  friend bool operator==(const takes_part&, const takes_part&) = default;
};
/// It does not any more: what it had is no longer to be had.
struct leaves {
  friend bool operator==(const leaves&, const leaves&) = default;
};
using saying = std::variant<takes_part, leaves, note>;

struct word {
  std::string content; ///< its key
  std::uint64_t size{0};
  saying what;
};

/// The number of what is said: 1 to 9.
std::uint16_t kind_of(const saying& what) noexcept;
std::string encode(const word& what);
/// Exactly what `encode` makes of something of that kind; errc::bad_request for anything else.
/// Whether it can be said of this content is for `share` to judge.
result<word> decode_word(std::uint16_t kind, std::string_view bytes);

} // namespace hive::swarm
