#include "core/job/log.hpp"

#include "core/base/json.hpp"
#include "core/base/redact.hpp"
#include "core/base/utf8.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <string>
#include <utility>

namespace hive {

namespace {

struct open_log {
  std::shared_ptr<spdlog::logger> lines;
  bool json{false};
};

/// Set once before threads exist, then only read.
open_log& current() {
  static open_log log;
  return log;
}

spdlog::level::level_enum spd_level(level l) noexcept {
  switch (l) {
  case level::debug: return spdlog::level::debug;
  case level::info: return spdlog::level::info;
  case level::warning: return spdlog::level::warn;
  case level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string human_text(const fact& f) {
  std::string line = format_time(wall_now());
  line.append(" ").append(to_string(f.weight)).append(" ").append(log_line(f));
  if (!f.human.empty()) append_pair(line, "human", f.human);
  return to_utf8(redact(line));
}

std::string json_text(const fact& f) {
  json::object fields;
  for (const auto& [key, value] : f.fields) fields[key] = to_utf8(redact_value(key, value));
  json::object line{{"time", format_time(wall_now())}, {"level", to_string(f.weight)}};
  if (!f.job.empty()) line["job"] = f.job.value;
  line["actor"] = f.actor;
  if (f.actor_id != 0) line["actor_id"] = f.actor_id;
  line["action"] = f.action;
  if (!f.correlation.empty()) line["correlation"] = to_utf8(redact(f.correlation));
  if (!f.human.empty()) line["human"] = to_utf8(redact(f.human));
  if (!fields.empty()) line["fields"] = std::move(fields);
  return json::text(line);
}

} // namespace

void start_log(log_options options) {
  auto& log = current();
  log.json = options.json;
  log.lines =
      std::make_shared<spdlog::logger>("hive", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log.lines->set_level(spd_level(options.threshold));
  log.lines->set_pattern("%v");
}

void log(const fact& f) {
  const auto& log = current();
  if (!log.lines || !log.lines->should_log(spd_level(f.weight))) return;
  log.lines->log(spd_level(f.weight), log.json ? json_text(f) : human_text(f));
}

void log(level weight, std::string_view actor, std::string_view action, std::string_view human) {
  log(fact{{}, std::string{actor}, std::string{action}, weight, std::string{human}, {}});
}

} // namespace hive
