#pragma once
/// What the commands about a hive's trust have in common. They work on the home itself, under its
/// lock, whether a node runs there or not; a running node sees their changes within a second.

#include "apps/hive/context.hpp"
#include "core/trust/hive_folder.hpp"

namespace hive::cli {

/// This home's node: makes the folders and the node's id when there are none yet.
/// errc::home_locked when another process is just making them.
result<trust::node_facts> own_node(const config& values);

/// "2026-11-28 07:45": as people read a time of a certificate, in UTC.
std::string minute_of(wall_time t);

} // namespace hive::cli
