#include "actors/claims.hpp"

#include <caf/actor_cast.hpp>

namespace hive::actors {
namespace {

std::vector<job_actor> as_jobs(const std::vector<caf::strong_actor_ptr>& all) {
  std::vector<job_actor> out;
  for (const auto& one : all) out.push_back(caf::actor_cast<job_actor>(one));
  return out;
}

} // namespace

std::optional<job_id> claims::take(const claim_artifact& m, const caf::strong_actor_ptr& who) {
  const auto [at, fresh] = all_.try_emplace(m.id);
  auto& known = at->second;
  if (fresh) {
    known.job = m.job;
    known.maker = caf::actor_cast<caf::actor_addr>(who);
  }
  if (known.job == m.job) return std::nullopt;
  if (who) known.waiting.push_back(who);
  return known.job;
}

std::vector<job_actor> claims::fulfilled(const artifact_id& id) {
  const auto at = all_.find(id);
  if (at == all_.end()) return {};
  const auto told = as_jobs(at->second.waiting);
  all_.erase(at);
  return told;
}

std::vector<job_actor> claims::abandoned(const caf::actor_addr& who) {
  std::vector<job_actor> told;
  for (auto at = all_.begin(); at != all_.end();) {
    auto& [id, known] = *at;
    std::erase_if(known.waiting, [&](const auto& one) { return one->address() == who; });
    if (known.maker != who) {
      ++at;
      continue;
    }
    const auto waiting = as_jobs(known.waiting);
    told.insert(told.end(), waiting.begin(), waiting.end());
    at = all_.erase(at);
  }
  return told;
}

} // namespace hive::actors
