#pragma once
/// What the hive is to hold, as a node knew it last, in node/hive of its home. Blocks for the disk.

#include "core/cluster/desired_state.hpp"
#include "core/store/home.hpp"

#include <vector>

namespace hive::link {

/// Durable when it returns.
outcome keep_wishes(const store::home& where, const std::vector<cluster::desired_record>& wishes);
/// What is no record is left out; nothing when there is no file.
std::vector<cluster::desired_record> last_wishes(const store::home& where);

} // namespace hive::link
