#pragma once
/// The members of the hive as this node sees them, and jobs with the nodes they are at.

#include "core/cluster/desired_state.hpp"
#include "core/cluster/holdings.hpp"
#include "core/cluster/membership.hpp"
#include "core/job/record.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

struct member_shown {
  cluster::row_ptr row;
  cluster::member_view seen;
  bool self{false};
  bool linked{false};
  std::string version;   ///< of hive; empty: it has not said
  cluster::holding held; ///< by its own word; empty when it has not said
};
struct members_shown {
  std::vector<member_shown> members; ///< by name, then id
  cluster::island around;
  bool isolated{false};
  int stretch{1}; ///< this node wakes late: its own time-outs are so many times as long, 1 to 8
  bool in_hive{false};
};
/// For /metrics.
struct member_counts {
  /// Of members that have not left, by `lifecycle`, or by `reachability` when that is not ok.
  std::map<std::string, std::uint64_t> by_state;
  std::map<cluster::cause, std::uint64_t> reconnects; ///< links made anew, by why the last was lost
};
/// What the hive is to hold, until it is withdrawn.
struct wish_shown {
  cluster::desired_record record;
  std::string on;                   ///< its `where`, for people
  std::string asked_by;             ///< name of the node it was asked at
  std::vector<std::string> holders; ///< names of those that hold it, or are to
  // At this node.
  job_id job; ///< empty: none
  std::optional<job_state> state;
  std::uint64_t failures{0};         ///< of its job, in a row, in this life of the node
  std::optional<wall_time> next_try; ///< after a failure
};
struct wishes_shown {
  std::vector<wish_shown> items;
  std::string next; ///< cursor of the next page; empty on the last
};

/// A dial as far as the TLS handshake.
struct dial_found {
  std::string address;
  cluster::cause why{cluster::cause::none}; ///< it failed; `none`: the member answered
  std::string sentence;
  wall_time expires{}; ///< the certificate it showed; the epoch when it showed none
};
struct member_check {
  cluster::row_ptr row;
  bool linked{false};
  std::string version;
  std::vector<dial_found> there;               ///< from this node
  std::optional<std::vector<dial_found>> back; ///< from that node; empty: it has not answered
  std::chrono::milliseconds skew{0};           ///< its clock less this one's, when it has answered
  std::chrono::milliseconds uncertain{0};      ///< by at most so much
};
struct members_checked {
  std::vector<member_check> members;  ///< without this node
  std::vector<std::string> addresses; ///< at which this node tells others to dial it
  std::size_t left_out{0};            ///< members that were not looked at, being too many
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
