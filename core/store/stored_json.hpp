#pragma once
/// What of a job, an event or an artifact has no column of its own: one JSON object per row.
/// Members that are missing read as their defaults, unknown ones are ignored, so that fields can be
/// added without a new schema.

#include "core/base/result.hpp"
#include "core/job/fact.hpp"
#include "core/job/record.hpp"
#include "core/model/facts.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hive::store {

/// Without id, state, kind, reference, idempotency key, created and finished: they are columns.
std::string job_body(const job_record& job);
/// Fills the rest of `job`; errc::unreadable_reply when `body` is not JSON.
outcome read_job_body(std::string_view body, job_record& job);

/// Without seq and the fact's job.
std::string event_body(const event& e);
outcome read_event_body(std::string_view body, event& e);

std::string model_body(const model::facts& what);
/// Empty when `body` is not JSON: it is read anew from the files.
std::optional<model::facts> read_model_body(std::string_view body);

struct tool_view;
/// Without artifact, view and root: they are columns.
std::string view_body(const tool_view& view);
outcome read_view_body(std::string_view body, tool_view& view);

} // namespace hive::store
