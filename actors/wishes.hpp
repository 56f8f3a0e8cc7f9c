#pragma once
/// Wishes of what the hive is to hold, between people and records. Pure.

#include "core/cluster/desired_state.hpp"
#include "core/job/record.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hive::actors {

/// "all", "k=3", "label=gpu"; errc::bad_request for anything else that has a "=".
/// A name alone is a node.
result<cluster::placement> parse_placement(std::string_view text);
std::string placement_text(const cluster::placement& where);

/// The record of a wish. Only what a reference says is part of it. errc::unsupported for a request
/// with more.
result<cluster::desired_record> record_of(const job_request& asked, const cluster::placement& where,
                                          const node_id& by);
/// The job by which a node holds it; its idempotency key is made of the record's id.
result<job_request> job_of(const cluster::desired_record& record);
/// The id of the wish a job is of.
std::optional<std::string> wish_of(const job_record& job);

} // namespace hive::actors
