#pragma once
/// What a watcher knows of a job, put together from the API's answers and events. Pure.

#include "core/base/json.hpp"
#include "core/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::cli {

/// Bytes as the API counts them.
struct byte_sight {
  std::uint64_t received{0};
  std::uint64_t durable{0};
  std::uint64_t verified{0};
  std::optional<std::uint64_t> total;
};

struct file_sight {
  std::string path;
  byte_sight bytes;
};

struct job_sight {
  std::string id;
  std::string ref;
  std::string kind;
  std::string state;
  std::string cause;
  std::string artifact;           ///< empty until there is one
  std::vector<std::string> views; ///< in other tools' folders, as asked for
  byte_sight bytes;
  std::uint64_t here{0}; ///< bytes that need not be fetched, known with the plan
  std::uint64_t rate{0};
  std::optional<std::chrono::seconds> eta;
  std::vector<file_sight> files;
  std::optional<failure> error;

  bool ended() const noexcept;
  bool succeeded() const noexcept { return state == "succeeded"; }
};

/// A job object (POST and GET /v1/jobs, `end` events); what it leaves out stays as it was.
void take_job(job_sight& into, json::node job);
/// The data of one event of the job.
void take_event(job_sight& into, std::string_view kind, json::node data);

/// {"code","detail","hint"}; a code this build does not know is errc::actor_failed.
failure read_failure(json::node from);

} // namespace hive::cli
