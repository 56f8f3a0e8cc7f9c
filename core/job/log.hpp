#pragma once
/// The log: spdlog to stderr, one line per fact, human or JSON lines. Every text is redacted here.

#include "core/base/result.hpp"
#include "core/job/fact.hpp"

#include <string_view>

namespace hive {

struct log_options {
  level threshold{level::info};
  bool json{false};
};

/// Sets the process's log up; once, before threads exist.
void start_log(log_options options);
/// Thread-safe. Before start_log nothing is written.
void log(const fact& f);
/// A line about no job: `log(level::info, "door", "listening", "on 127.0.0.1:7835")`.
void log(level weight, std::string_view actor, std::string_view action, std::string_view human);

} // namespace hive
