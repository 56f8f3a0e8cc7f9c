#include "actors/live_job.hpp"

#include "actors/inspect.hpp"
#include "actors/job_facts.hpp"

#include <algorithm>

namespace hive::actors {

namespace {

bool is_of_disk(errc code) {
  return code == errc::disk_full || code == errc::disk_failed || code == errc::home_unwritable;
}

} // namespace

std::optional<setback> setback_of(live_job& job, const job_settled& how) {
  if (!how.error) return std::nullopt;
  const bool room = how.error->code == errc::disk_full;
  // Bytes that came and could not be written are no progress.
  if (how.moved && !is_of_disk(how.error->code)) job.tries.progress();
  // Where the plan said how much is lacking, the next look at the disk tells; else only time can.
  if (room && how.unplaced) return setback{*how.error, {}};
  const auto wait = (room ? job.room_tries : job.tries).wait_after(*how.error);
  if (!wait) return std::nullopt;
  return setback{*how.error, *wait};
}

void calm(job_record& record) {
  record.progress.rate = 0;
  record.progress.eta.reset();
}

void close(job_record& record, job_step step, std::optional<failure> error) {
  record.state = after(record.state, step).value_or(job_state::failed);
  record.cause.clear();
  record.until.reset();
  record.finished = wall_now();
  record.contents.clear();
  calm(record);
  if (error) record.error = redacted(std::move(*error));
}

live_job* first_ready(live_jobs& jobs) {
  live_job* best = nullptr;
  for (auto& [id, job] : jobs)
    if (job.record.state == job_state::queued && !job.stopping &&
        (!best || job.record.asked.priority > best->record.asked.priority))
      best = &job;
  return best;
}

std::size_t at_work(const live_jobs& jobs) {
  return static_cast<std::size_t>(
      std::ranges::count_if(jobs, [](const auto& entry) { return bool{entry.second.worker}; }));
}

std::size_t slots_taken(const live_jobs& jobs) {
  return static_cast<std::size_t>(std::ranges::count_if(jobs, [](const auto& entry) {
    return entry.second.worker || entry.second.waits == waits_for::moment;
  }));
}

const job_record* by_key(const live_jobs& jobs, const std::string& key) {
  const auto known = std::ranges::find_if(
      jobs, [&](const auto& entry) { return entry.second.record.asked.idempotency_key == key; });
  return known == jobs.end() ? nullptr : &known->second.record;
}

failure already_over(const job_id& id) {
  return fail(errc::conflict, "job " + id.value + " has already ended");
}

} // namespace hive::actors
