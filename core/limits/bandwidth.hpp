#pragma once
/// Who may pass how many bytes when limits bind: the node's bucket, one bucket per limited job, and
/// the line of those who wait. Pure: the caller gives the time and wakes whom `due` names.
///
/// While nobody waits, whoever comes takes what there is. Once somebody waits, bytes are dealt in
/// turns: to the job that has had least, and within a job to whoever has waited longest. So jobs
/// share evenly however many lanes each has, and what one cannot use goes to the others.

#include "core/limits/token_bucket.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace hive::limits {

/// Names one who spends (a lane, a connection); never dereferenced.
using spender = void*;
/// Ids of the jobs bytes are charged to. The first pays: a shared transfer counts once.
using charge = std::vector<std::string>;

class bandwidth {
 public:
  /// The node's bucket is "", the others are jobs'. 0 lifts the limit. Yields everybody who waited:
  /// after a change nobody is in line any more.
  std::vector<spender> limit(const std::string& bucket, std::uint64_t rate, time_point now);

  /// Bytes `who` may pass now: held by the node's bucket and by the most generous job's. 0: it
  /// waits in line from here on, until `due` or `disband` names it.
  std::uint64_t ask(spender who, const charge& jobs, time_point now);
  /// At most what was allowed.
  void spend(spender who, const charge& jobs, std::uint64_t bytes, time_point now);
  /// Those whose turn it is, out of the line; each may `ask` again, and gets its share.
  std::vector<spender> due(time_point now);
  /// Until somebody is due; nothing while nobody waits.
  std::optional<std::chrono::milliseconds> wait(time_point now);
  /// The same for one who has just been told to wait.
  std::chrono::milliseconds wait(const charge& jobs, time_point now);
  /// Everybody out of the line: limits, or whom bytes are charged to, have changed.
  std::vector<spender> disband();
  void forget(spender who);

 private:
  struct waiting {
    spender who;
    charge jobs;
  };
  /// A job's place among the others.
  struct claim {
    std::uint64_t had{0}; ///< bytes, comparable among those who wait
    std::deque<waiting> line;
  };
  class dealing;

  std::vector<token_bucket*> held_by(const charge& jobs);
  claim& claim_of(const charge& jobs);
  bool others_wait(const charge& jobs);
  void queue(spender who, const charge& jobs);
  void drop_idle_claims();

  std::map<std::string, token_bucket> buckets_;
  std::map<std::string, claim> claims_; ///< by who pays
  std::unordered_set<spender> in_line_;
  std::uint64_t dealt_up_to_{0}; ///< what a job has had that was served last: newcomers begin there
  std::unordered_map<spender, std::uint64_t> turns_; ///< bytes left of turns that were given
};

} // namespace hive::limits
