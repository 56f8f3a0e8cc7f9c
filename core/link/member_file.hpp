#pragma once
/// The members a node knew last, in node/hive of its home: from them it finds its hive again after
/// a start. Blocks for the disk.

#include "core/cluster/member.hpp"
#include "core/store/home.hpp"

#include <vector>

namespace hive::link {

/// Durable when it returns. Their addresses are also where a renewal is asked for.
outcome keep_members(const store::home& where, const std::vector<cluster::row_ptr>& known);
/// What is no row is left out; nothing when there is no file.
std::vector<cluster::row_ptr> last_members(const store::home& where);

} // namespace hive::link
