#pragma once
/// Failures as application/problem+json: {type, title, status, code, detail, hint[, field]}.

#include "apps/http/message.hpp"

#include <string>
#include <string_view>

namespace hive::http {

/// `status` 0: the code's own. `field`: the member of the body that is wrong.
reply problem(const failure& why, int status = 0, std::string_view field = {});

reply no_such_route(const request& asked);
/// `allow`: the methods the path has, as the Allow header lists them.
reply wrong_method(const request& asked, std::string allow);

/// {code, detail, hint}, as in a job's `error`.
json::object failure_view(const failure& why);

} // namespace hive::http
