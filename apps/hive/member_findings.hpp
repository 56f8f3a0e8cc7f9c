#pragma once
/// What `hive doctor` says of the members of the hive, from the answer of POST /v1/members/check.
/// Pure.

#include "core/base/json.hpp"
#include "core/base/units.hpp"
#include "core/discovery/announcement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hive::cli {

struct member_finding {
  bool ok{false};
  std::string what; ///< "peer port", "member ada"
  std::string text; ///< what was found, and what to do about it
};

/// `own_version`: of the node that was asked. `now`: by its clock.
std::vector<member_finding> findings_of(json::node checks, std::string_view own_version,
                                        wall_time now);

/// What was heard on the local networks, by a node of the hive with this fingerprint; both empty:
/// of none.
member_finding finding_of(const std::vector<discovery::sighting>& heard, const std::string& hive,
                          const node_id& self);

} // namespace hive::cli
