#pragma once
/// Reading a request's body: a JSON object, member by member.

#include "apps/http/message.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace hive::http {

/// A failure with the member of the body it is about (empty: the body as a whole).
struct body_fault {
  failure why;
  std::string field;
  int status{0}; ///< 0: the code's own
};
using checked = tl::expected<void, body_fault>;

/// "field: what is wrong".
tl::unexpected<body_fault> wrong_member(std::string_view field, std::string what, int status = 0);

/// Each member once, in its order, until `take` finds a fault. Total: any text is read or refused.
checked read_members(std::string_view body,
                     const std::function<checked(std::string_view name, json::node value)>& take);

/// Whether the request says that its body is JSON; what it is answered when it does not.
bool says_json(const request& asked);
reply wants_json();

} // namespace hive::http
