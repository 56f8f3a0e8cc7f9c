#pragma once
/// A member's own word about itself as JSON: in greetings, and in the file of last known members.
/// What observers said is not part of it.

#include "core/base/json.hpp"
#include "core/cluster/member.hpp"

namespace hive::link {

json::value to_json(const cluster::member_row& row);
/// errc::bad_request for what is no row, or one beyond its bounds.
result<cluster::row_ptr> row_from(json::node from);

} // namespace hive::link
