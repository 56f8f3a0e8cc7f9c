#pragma once
/// An auditor: checks one part of a content after the other, on a thread of its own.
///
/// Hears: check_part (audit); audit_step (itself).
/// Says:  bytes_checked, part_checked (audit).
/// Never: holds up an order to stop for longer than one step.

#include "actors/protocol.hpp"

namespace hive::actors {

auditor_actor spawn_auditor(caf::local_actor* parent, audit_actor audit);

} // namespace hive::actors
