#pragma once
/// A job that has not ended, or whose end is not durable yet, as the queue keeps it.

#include "actors/protocol.hpp"
#include "core/job/retry.hpp"

#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hive::actors {

using job_promise = caf::typed_response_promise<job_record>;

/// A failed try that is not the last: what went wrong, and the least time until the next.
struct setback {
  failure why;
  std::chrono::milliseconds wait{0};
};

/// What a job without actors of its own waits for, beside a slot.
enum class waits_for : std::uint8_t {
  nothing,
  moment, ///< a time so near that it keeps its slot
  time,
  room, ///< on the disk
  turn, ///< it was given room, and has not taken it yet
};

struct live_job {
  /// Tries for want of room have no end: somebody frees some, or cancels.
  static constexpr retry_policy room_policy{std::chrono::seconds{5}, std::chrono::seconds{60},
                                            1'000'000'000};

  live_job(job_record what, std::string vendor_token, const retry_policy& policy)
    : record(std::move(what)), token(std::move(vendor_token)),
      tries(policy, std::hash<job_id>{}(record.id)),
      room_tries(room_policy, std::hash<job_id>{}(record.id)) {}

  job_record record;
  std::string token;
  job_actor worker;                    ///< while a try is under way
  std::optional<job_settled> settled;  ///< its own last word about how it went
  std::optional<setback> back;         ///< its word that this try failed
  std::optional<stop_reason> stopping; ///< a person's
  std::vector<job_promise> cancels;    ///< who waits for the end to be durable
  retry_budget tries;
  retry_budget room_tries;
  waits_for waits{waits_for::nothing};
  std::uint64_t turn{0};                              ///< of its waits
  std::chrono::steady_clock::time_point not_before{}; ///< a wait for room ends
};

using live_jobs = std::map<job_id, live_job>; ///< by age

/// Whoever wants something of it comes too late.
failure already_over(const job_id& id);

/// The setback a failed try is, or empty when it was the last. Counts it.
std::optional<setback> setback_of(live_job& job, const job_settled& how);

/// Nothing of it moves any more.
void calm(job_record& record);
/// The record of a job that has come to its end.
void close(job_record& record, job_step step, std::optional<failure> error);

/// Who starts next: higher priority first, then age; none when nobody is queued.
live_job* first_ready(live_jobs& jobs);
/// Jobs with actors of their own.
std::size_t at_work(const live_jobs& jobs);
/// Those, and jobs whose wait is too short to give the slot away.
std::size_t slots_taken(const live_jobs& jobs);
/// The job of an idempotency key, or none.
const job_record* by_key(const live_jobs& jobs, const std::string& key);

} // namespace hive::actors
