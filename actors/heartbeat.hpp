#pragma once
/// The heartbeat of one running job: once a second, whatever the job does, it says how far the
/// bytes are, how fast, how long still, in which phase, and when nothing moves, why. Each try
/// begins with what the last one showed, so that what is shown never goes back.
///
/// Hears: files_planned, bytes_moved, state_entered, waiting_for, its own tick.
/// Says:  narrate (progress, stalled, moving-again, alert-on, alert-off), job_progressed (queue).
/// Never: decides.

#include "actors/protocol.hpp"

#include <functional>
#include <string>

namespace hive::actors {

struct heartbeat_deps {
  narrator_actor narrator;
  queue_actor queue;
  std::chrono::milliseconds every{std::chrono::seconds{1}};
  std::chrono::milliseconds stall{std::chrono::seconds{10}}; ///< nothing moved: said so
  std::chrono::milliseconds alert{std::chrono::seconds{30}}; ///< still nothing
  /// A sentence about what holds up every transfer of the node, empty when nothing does; may be
  /// empty. Cheap.
  std::function<std::string()> held_up{};
};

/// `before`: what was shown of this job so far.
heartbeat_actor spawn_heartbeat(caf::local_actor* parent, heartbeat_deps deps, job_id job,
                                job_progress before);

} // namespace hive::actors
