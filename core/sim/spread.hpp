#pragma once
/// How a content spreads in a hive whose members each want it: over the WAN once, and what faults
/// cost.

#include "core/sim/scenario.hpp"

namespace hive::sim {

/// Adds figures to `to`: bytes over the WAN by the size of the content, and the time beyond what
/// one node alone would take.
void spread(const scenario_options& options, report& to);

} // namespace hive::sim
