#include "actors/job_table.hpp"

#include <utility>

namespace hive::actors {

live_job& job_table::add(job_record record, std::string token, const retry_policy& policy) {
  const auto id = record.id;
  auto& job = jobs_.try_emplace(id, std::move(record), std::move(token), policy).first->second;
  if (const auto& key = job.record.asked.idempotency_key; !key.empty()) keys_.emplace(key, id);
  refresh(job);
  return job;
}

live_job job_table::take(const job_id& id) {
  const auto at = jobs_.find(id);
  leave_orders(at->second);
  keys_.erase(at->second.record.asked.idempotency_key);
  return std::move(jobs_.extract(at).mapped());
}

void job_table::refresh(live_job& job) {
  leave_orders(job);
  auto& in = job.standing;
  const auto& record = job.record;
  if (record.state == job_state::queued && !job.stopping) {
    in.place = place_of(record);
    line_.put(*in.place);
    ++origins_[job.origin].queued;
  }
  in.slot = job.worker || job.waits == waits_for::moment;
  if (in.slot) {
    ++slots_taken_;
    ++origins_[job.origin].at_work;
  }
  if (job.worker) {
    in.worker = job.worker.address();
    workers_.emplace(*in.worker, record.id);
  }
  in.room = job.waits == waits_for::room || job.waits == waits_for::turn;
  if (in.room) for_room_.insert(record.id);
}

void job_table::leave_orders(live_job& job) {
  const auto in = std::exchange(job.standing, {});
  const auto at = origins_.find(job.origin);
  if (in.place) {
    line_.erase(*in.place);
    --at->second.queued;
  }
  if (in.slot) {
    --slots_taken_;
    --at->second.at_work;
  }
  if (in.worker) workers_.erase(*in.worker);
  if (in.room) for_room_.erase(job.record.id);
  if (at != origins_.end() && at->second.queued == 0 && at->second.at_work == 0) origins_.erase(at);
}

live_job* job_table::find(const job_id& id) {
  const auto at = jobs_.find(id);
  return at == jobs_.end() ? nullptr : &at->second;
}

live_job* job_table::of_worker(const caf::actor_addr& who) {
  const auto at = workers_.find(who);
  return at == workers_.end() ? nullptr : find(at->second);
}

const job_record* job_table::by_key(const std::string& key) const {
  const auto at = keys_.find(key);
  return at == keys_.end() ? nullptr : &jobs_.at(at->second).record;
}

std::size_t job_table::share_of(std::size_t slots) const {
  return (slots + origins_.size() - 1) / origins_.size();
}

live_job* job_table::next(std::size_t slots) {
  if (line_.size() == 0) return nullptr;
  const auto& places = line_.places();
  auto* first = find(places.front().id);
  if (origins_.size() == 1) return first;
  const auto share = share_of(slots);
  for (const auto& place : places) {
    if (place.priority != places.front().priority) break;
    auto* job = find(place.id);
    if (job->record.rank || origins_.at(job->origin).at_work < share) return job;
  }
  return first;
}

} // namespace hive::actors
