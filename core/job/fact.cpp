#include "core/job/fact.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace hive {

namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 4> event_names{"state", "progress", "narration", "end"};

bool needs_quotes(std::string_view value) noexcept {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
           return ascii::is_control(c) || c == ' ' || c == '"' || c == '=' || c == '\\';
         });
}

void append_escaped(std::string& to, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
  case '"': to += "\\\""; return;
  case '\\': to += "\\\\"; return;
  case '\n': to += "\\n"; return;
  case '\r': to += "\\r"; return;
  case '\t': to += "\\t"; return;
  default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (!ascii::is_control(c)) {
    to += c;
  } else {
    to.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15u]);
  }
}

} // namespace

std::string_view to_string(level l) noexcept {
  const auto at = static_cast<std::size_t>(l);
  return at < level_names.size() ? level_names[at] : "unknown";
}

std::string_view to_string(event_kind k) noexcept {
  const auto at = static_cast<std::size_t>(k);
  return at < event_names.size() ? event_names[at] : "unknown";
}

void append_pair(std::string& line, std::string_view key, std::string_view value) {
  if (!line.empty()) line += ' ';
  line.append(key).append("=");
  if (!needs_quotes(value)) {
    line.append(value);
    return;
  }
  line += '"';
  for (const char c : value) append_escaped(line, c);
  line += '"';
}

std::string log_line(const fact& f) {
  std::string line;
  if (!f.job.empty()) append_pair(line, "job", f.job.value);
  if (!f.actor.empty())
    append_pair(line, "actor",
                f.actor_id == 0 ? f.actor : f.actor + "#" + std::to_string(f.actor_id));
  if (!line.empty()) line += ' ';
  line += f.action;
  if (!f.correlation.empty()) append_pair(line, "correlation", f.correlation);
  for (const auto& [key, value] : f.fields) append_pair(line, key, value);
  return line;
}

event_ptr as_passed(const event_ptr& e) {
  if (e->kind != event_kind::end) return e;
  auto passed = std::make_shared<event>(*e);
  passed->kind = event_kind::state;
  return passed;
}

} // namespace hive
