#pragma once
/// A job as it is stored and shown.

#include "core/artifact/plan.hpp"
#include "core/artifact/reference.hpp"
#include "core/artifact/view_wish.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/job/course.hpp"
#include "core/job/progress.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hive {

enum class job_kind : std::uint8_t { pull = 0, import = 1, verify = 2 };
std::string_view to_string(job_kind k) noexcept;
std::optional<job_kind> job_kind_from_name(std::string_view name) noexcept;

/// What a caller asks for.
struct job_request {
  job_kind kind{job_kind::pull};
  reference what;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::int64_t priority{0};
  std::uint64_t max_rate{0}; ///< bytes/s, 0: no limit of its own
  bool update{false};        ///< ask the vendor although the same wish is already here
  std::string import_as;     ///< import: the reference to catalogue it under; empty: its own
  std::string idempotency_key;
  artifact_id subject{};     ///< verify: the artifact in the catalog; `what` is its reference
  std::string correlation{}; ///< of the request that asked; everything told of the job names it
  std::optional<std::vector<view_wish>> views{}; ///< in other tools' folders; empty: the usual
  friend bool operator==(const job_request&, const job_request&) = default;
};

/// A content of a job's plan, by `content_key`.
struct job_content {
  std::string key;
  std::uint64_t size{0}; ///< bytes; 0 while unknown
  friend bool operator==(const job_content&, const job_content&) = default;
};

/// Each content of `plan` once.
std::vector<job_content> contents_of(const download_plan& plan);

/// What may change of a request while its job lives; what is empty stays.
struct job_change {
  std::optional<std::uint64_t> max_rate;
  std::optional<std::int64_t> priority;
  std::optional<std::size_t> position; ///< in the line of queued jobs, from 1
};

/// All but the position, which depends on the others in the line.
void apply(const job_change& what, job_request& to);
/// Whether `asked` is what `known` was, whatever has been changed of it since.
bool same_wish(job_request asked, const job_request& known);

struct job_record {
  job_id id;
  job_request asked;
  job_state state{job_state::queued};
  std::string cause;              ///< why it waits, in words; empty when nothing needs saying
  std::optional<wall_time> until; ///< when a wait ends
  job_progress progress;
  std::optional<failure> error;
  artifact_id artifact; ///< once committed
  std::string revision; ///< once resolved
  /// Of the plan it was last resolved to: what it may have begun, and wants room for. Empty once it
  /// has ended.
  std::vector<job_content> contents;
  /// Where a person has put it among queued jobs of its priority (core/job/line.hpp); empty: its
  /// age counts.
  std::optional<std::int64_t> rank;
  /// From 1, while queued; told by the queue when asked, and not stored.
  std::optional<std::size_t> position;
  wall_time created{};
  std::optional<wall_time> started;
  std::optional<wall_time> finished;
  friend bool operator==(const job_record&, const job_record&) = default;
};

} // namespace hive
