#pragma once
/// What two nodes say before their link carries anything else: the one that dialled greets, the
/// other greets back, the first agrees; either may refuse instead. Each is a JSON text behind its
/// length, at most 16 KiB.

#include "core/cluster/handshake.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace hive::link {

inline constexpr std::size_t longest_greeting = 16 << 10;

struct greeting {
  cluster::hello said;
  std::string version; ///< of hive
};
struct agreed {
  std::uint16_t protocol{0};
};
struct refusal {
  cluster::cause why{cluster::cause::none};
  std::string sentence; ///< as the refused side is to read it
};
using words = std::variant<greeting, agreed, refusal>;

/// With the length in front.
std::string encode(const words& what);
/// Without it. errc::bad_request.
result<words> decode(std::string_view text);

} // namespace hive::link
