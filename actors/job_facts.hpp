#pragma once
/// How a job's states are told: action words and sentences. Pure.

#include "actors/protocol.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hive::actors {

/// The fact of a state's event; no step: the job was accepted, or found at the start of the node.
fact state_fact(const job_record& record, std::optional<job_step> step);
/// The fact of the end event of a job in a terminal state.
fact end_fact(const job_record& record);

/// Why a queued job waits: its place in the line and the slots.
std::string slot_cause(std::size_t position, std::size_t line, std::size_t taken,
                       std::size_t slots);

/// The job's own limit has changed from `before` bytes/s.
fact rate_fact(const job_record& record, std::uint64_t before);
/// Of a job that was given another priority or place; its record as it is shown.
fact place_fact(const job_record& shown);

/// What an audit found of one content: a warning that names its stretches.
fact damage_fact(const job_id& id, const damage& what);
/// A verification that found damage and could not mend it, because of `why`.
failure unmended(const reference& artifact, const std::vector<damage>& damaged, const failure& why);

/// How a view in another tool's folder is; a warning when it is not as it should be.
fact view_fact(const job_id& id, const store::view_sight& view);

/// A state that could not be stored.
fact unkept_fact(const job_id& id, const failure& why);
/// A try failed, and there is another after `wait`.
fact retry_fact(const job_id& id, const failure& why, std::chrono::milliseconds wait, int failures);
/// A job begins to wait for room on the disk, and has it.
fact room_wait_fact(const job_id& id, const std::string& cause);
fact room_fact(const job_id& id);
/// Without secrets: what may be kept in a record.
failure redacted(failure why);

} // namespace hive::actors
