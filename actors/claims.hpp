#pragma once
/// Who builds which artifact, so that two jobs never build the same at once. Part of the catalog,
/// on its thread.

#include "actors/protocol.hpp"

#include <map>
#include <optional>
#include <vector>

namespace hive::actors {

class claims {
 public:
  /// The job that builds it, for which `who` waits then; empty: `who` builds it from now on.
  std::optional<job_id> take(const claim_artifact& m, const caf::strong_actor_ptr& who);
  /// It is here: those who waited for it.
  std::vector<job_actor> fulfilled(const artifact_id& id);
  /// `who` is gone: those who waited for what it built.
  std::vector<job_actor> abandoned(const caf::actor_addr& who);

 private:
  struct claim {
    job_id job;
    caf::actor_addr maker;
    std::vector<caf::strong_actor_ptr> waiting;
  };
  std::map<artifact_id, claim> all_;
};

} // namespace hive::actors
