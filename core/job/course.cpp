#include "core/job/course.hpp"

#include <array>

namespace hive {

namespace {

using enum job_state;

constexpr std::array<std::string_view, 9> state_names{"queued",     "resolving", "fetching",
                                                      "committing", "paused",    "waiting",
                                                      "succeeded",  "failed",    "cancelled"};

constexpr std::array<course_row, 32> rows{{
    {queued, job_step::start, resolving},
    {queued, job_step::pause, paused},
    {queued, job_step::fail, failed},
    {queued, job_step::cancel, cancelled},

    {resolving, job_step::resolved, fetching},
    {resolving, job_step::stumble, waiting},
    {resolving, job_step::pause, paused},
    {resolving, job_step::fail, failed},
    {resolving, job_step::cancel, cancelled},
    {resolving, job_step::requeue, queued},

    {fetching, job_step::fetched, committing},
    {fetching, job_step::stumble, waiting},
    {fetching, job_step::pause, paused},
    {fetching, job_step::fail, failed},
    {fetching, job_step::cancel, cancelled},
    {fetching, job_step::requeue, queued},

    {committing, job_step::committed, succeeded},
    {committing, job_step::stumble, waiting},
    {committing, job_step::pause, paused},
    {committing, job_step::fail, failed},
    {committing, job_step::cancel, cancelled},
    {committing, job_step::requeue, queued},

    // A wait ends where the way starts: what was known may have changed meanwhile, and everything
    // that is already here makes the second passage short.
    {waiting, job_step::wake, resolving},
    {waiting, job_step::pause, paused},
    {waiting, job_step::fail, failed},
    {waiting, job_step::cancel, cancelled},
    {waiting, job_step::requeue, queued},

    {paused, job_step::resume, queued},
    {paused, job_step::fail, failed},
    {paused, job_step::cancel, cancelled},

    {failed, job_step::retry, queued},
    {cancelled, job_step::retry, queued},
}};

} // namespace

std::string_view to_string(job_state s) noexcept {
  const auto at = static_cast<std::size_t>(s);
  return at < state_names.size() ? state_names[at] : "unknown";
}

std::optional<job_state> job_state_from_name(std::string_view name) noexcept {
  for (std::size_t i = 0; i < state_names.size(); ++i)
    if (state_names[i] == name) return static_cast<job_state>(i);
  return std::nullopt;
}

bool is_terminal(job_state s) noexcept {
  return s == succeeded || s == failed || s == cancelled;
}

bool is_running(job_state s) noexcept {
  return s == resolving || s == fetching || s == committing || s == waiting;
}

std::optional<job_state> after(job_state now, job_step step) noexcept {
  for (const auto& row : rows)
    if (row.from == now && row.step == step) return row.to;
  return std::nullopt;
}

std::span<const course_row> course_table() noexcept {
  return rows;
}

} // namespace hive
