#pragma once
/// The members of the hive as this node sees them, and jobs with the nodes they are at.

#include "core/cluster/membership.hpp"
#include "core/job/record.hpp"

#include <string>
#include <vector>

namespace hive::actors {

struct member_shown {
  cluster::row_ptr row;
  cluster::member_view seen;
  bool self{false};
  bool linked{false};
  std::string version; ///< of hive; empty: it has not said
};
struct members_shown {
  std::vector<member_shown> members; ///< by name, then id
  cluster::island around;
  bool isolated{false};
  bool in_hive{false};
};
struct job_at {
  node_id node;
  std::string name; ///< of the node
  job_record job;
};
/// Jobs of all nodes in reach, newest first.
struct hive_jobs {
  std::vector<job_at> items;
  std::string next;                 ///< cursor of the next page; empty on the last
  std::vector<std::string> missing; ///< nodes that were not in reach, or did not answer
};
/// What became of a job for other nodes.
struct placed_jobs {
  std::vector<job_at> jobs;      ///< begun; for one node exactly one
  std::string wish;              ///< id of the record the hive keeps; empty for one node
  std::vector<std::string> away; ///< those that get it later, with why
};

} // namespace hive::actors
