#pragma once
/// The course of a job: one pure table that queue, API and pages all read.

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace hive {

enum class job_state : std::uint8_t {
  queued = 0,
  resolving = 1,
  fetching = 2,
  committing = 3,
  paused = 4,
  waiting = 5, ///< for the next try or for room; cause and until when are in the job's record
  succeeded = 6,
  failed = 7,
  cancelled = 8,
};

/// What a person may order beside a cancel.
enum class job_order : std::uint8_t { pause = 0, resume = 1, retry = 2 };

/// What can happen to a job.
enum class job_step : std::uint8_t {
  start,     ///< a slot is free
  resolved,  ///< the plan is known
  fetched,   ///< every byte is here and verified
  committed, ///< catalogued, views made
  stumble,   ///< a failure worth retrying: waits
  wake,      ///< a short wait is over
  pause,
  resume,
  fail,
  cancel,
  requeue, ///< a long wait is over; or the node, or a crashed group of actors, was started anew
  retry,   ///< a person asks again for a failed or cancelled job
};

std::string_view to_string(job_state s) noexcept;
std::optional<job_state> job_state_from_name(std::string_view name) noexcept;
bool is_terminal(job_state s) noexcept;
/// Neither queued, paused nor ended (resolving, fetching, committing, waiting).
bool is_running(job_state s) noexcept;

/// The state after `step`, or empty when the step does not apply there (the step is then ignored or
/// answered with errc::conflict by whoever asked).
std::optional<job_state> after(job_state now, job_step step) noexcept;

/// Every (state, step, next) that applies, for tests and for docs/path.md.
struct course_row {
  job_state from;
  job_step step;
  job_state to;
};
std::span<const course_row> course_table() noexcept;

} // namespace hive
