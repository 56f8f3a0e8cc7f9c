#pragma once
/// Facts: small typed values an actor narrates. From one fact come the log line, the event and the
/// sentence people read.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/job/course.hpp"
#include "core/job/progress.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hive {

enum class level : std::uint8_t { debug = 0, info = 1, warning = 2, error = 3 };
std::string_view to_string(level l) noexcept;

/// SSE event names, in the order of DESIGN 5.
enum class event_kind : std::uint8_t { state = 0, progress = 1, narration = 2, end = 3 };
std::string_view to_string(event_kind k) noexcept;

/// Something that happened. `action` is a stable kebab-case word ("will-retry", "plan-ready") that
/// can be searched and counted; `fields` are key=value pairs for the log line and the event;
/// `human` is one sentence. Redacted by the narrator, not by the teller.
struct fact {
  job_id job;        ///< empty: about the node
  std::string actor; ///< name of who tells, "transfer"
  std::string action;
  level weight{level::info};
  std::string human;
  std::vector<std::pair<std::string, std::string>> fields;
  /// Of the request that made the job. The first fact of a job brings it, the narrator adds it to
  /// the others.
  std::string correlation{};
  std::uint64_t actor_id{
      0}; ///< of who tells; the narrator adds it. 0: no actor, or a node of before
  friend bool operator==(const fact&, const fact&) = default;
};

/// A fact with its place in history. Sequence numbers grow across restarts of the node.
struct event {
  std::uint64_t seq{0};
  wall_time time{};
  event_kind kind{event_kind::narration};
  fact what;
  std::optional<job_state> state;       ///< state and end events
  std::optional<job_progress> progress; ///< progress events
};
using event_ptr = std::shared_ptr<const event>;
/// An `end` that was not the last word (its job was retried) is told as a `state`; others as they
/// are.
event_ptr as_passed(const event_ptr& e);

/// "job=01J… actor=transfer will-retry code=timed_out wait=500ms".
std::string log_line(const fact& f);
/// Appends " key=value"; a value with spaces, quotes or control characters is quoted and escaped,
/// so that a line stays one line.
void append_pair(std::string& line, std::string_view key, std::string_view value);

} // namespace hive
