#pragma once
/// `WWW-Authenticate` of RFC 9110: what a 401 asks for.

#include "core/net/message.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive::net {

struct challenge {
  std::string scheme;                                          ///< lower case: "bearer", "basic"
  std::vector<std::pair<std::string, std::string>> parameters; ///< names lower case

  /// Empty when there is none.
  std::string_view parameter(std::string_view name) const noexcept;
};

/// Total: what cannot be read ends its header, and what was read before it counts. At most 8
/// challenges, 16 parameters each, 16 KiB of each header. A challenge in form of one token
/// ("Negotiate abc=") is kept without it.
std::vector<challenge> read_challenges(const header_list& headers);

} // namespace hive::net
