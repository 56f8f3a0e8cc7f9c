#pragma once
/// A job that has not ended, or whose end is not durable yet, as the queue keeps it.

#include "actors/ledger.hpp"
#include "actors/protocol.hpp"
#include "core/job/line.hpp"
#include "core/job/retry.hpp"

#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
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

/// Where the table of jobs has entered a job.
struct job_standing {
  std::optional<line_place> place;
  std::optional<caf::actor_addr> worker;
  bool slot{false};
  bool room{false};
};

/// Jobs with the same text ask the same source: "hf", "url:example.org".
std::string origin_of(const job_request& asked);

struct live_job {
  /// Tries for want of room have no end: somebody frees some, or cancels.
  static constexpr retry_policy room_policy{std::chrono::seconds{5}, std::chrono::seconds{60},
                                            1'000'000'000};

  live_job(job_record what, std::string vendor_token, const retry_policy& policy)
    : record(std::move(what)), origin(origin_of(record.asked)), token(std::move(vendor_token)),
      tries(policy, std::hash<job_id>{}(record.id)),
      room_tries(room_policy, std::hash<job_id>{}(record.id)) {}

  job_record record;
  std::string origin; ///< whom it burdens, for the sharing of slots
  std::string token;
  job_actor worker;                    ///< while a try is under way
  std::optional<job_settled> settled;  ///< its own last word about how it went
  std::optional<setback> back;         ///< its word that this try failed
  std::optional<stop_reason> stopping; ///< a person's
  bool again{false};                   ///< resumed before its pause was reached
  std::vector<job_promise> waiters;    ///< for the end, or a pause or its end, to be durable
  std::vector<job_promise> retries;    ///< asked for while the end is on its way to the ledger
  retry_budget tries;
  retry_budget room_tries;
  waits_for waits{waits_for::nothing};
  std::uint64_t turn{0};                              ///< of its waits
  std::chrono::steady_clock::time_point not_before{}; ///< a wait for room ends
  job_standing standing;                              ///< the table's own
};

/// Whoever wants something of it comes too late.
failure already_over(const job_id& id);
/// Only what has ended can be tried once more.
failure not_over(const job_id& id);

/// The setback a failed try is, or empty when it was the last. Counts it.
std::optional<setback> setback_of(live_job& job, const job_settled& how);

/// Nothing of it moves any more.
void calm(job_record& record);
/// The record of a job that has come to its end.
void close(job_record& record, job_step step, std::optional<failure> error);

} // namespace hive::actors
