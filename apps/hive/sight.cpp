#include "apps/hive/sight.hpp"

#include "core/job/course.hpp"

#include <charconv>

namespace hive::cli {
namespace {

void take_bytes(byte_sight& into, json::node from) {
  into.received = from["received"].natural().value_or(into.received);
  into.durable = from["durable"].natural().value_or(into.durable);
  into.verified = from["verified"].natural().value_or(into.verified);
  if (const auto total = from["total"].natural()) into.total = total;
}

void take_progress(job_sight& into, json::node from) {
  take_bytes(into.bytes, from);
  into.rate = from["rate"].natural().value_or(0);
  into.eta.reset();
  if (const auto eta = from["eta_s"].natural())
    into.eta = std::chrono::seconds{static_cast<std::int64_t>(*eta)};
  if (!from["files"].is_array()) return;
  into.files.clear();
  for (const auto& one : from["files"].elements()) {
    file_sight file;
    file.path = text_of(one["path"]);
    take_bytes(file.bytes, one);
    into.files.push_back(std::move(file));
  }
}

void take_text(std::string& into, json::node from) {
  if (const auto text = from.string()) into = std::string{*text};
}

/// Fields of facts are texts.
void take_number(std::uint64_t& into, json::node from) {
  const auto text = from.string().value_or("");
  std::from_chars(text.data(), text.data() + text.size(), into);
}

} // namespace

bool job_sight::ended() const noexcept {
  const auto known = job_state_from_name(state);
  return known && is_terminal(*known);
}

std::string text_of(json::node from) {
  return std::string{from.string().value_or("")};
}

failure read_failure(json::node from) {
  failure out;
  const auto code = text_of(from["code"]);
  out.code = errc_from_name(code).value_or(errc::actor_failed);
  out.detail = text_of(from["detail"]);
  if (out.detail.empty()) out.detail = "the node answered with the error '" + code + "'";
  out.hint = text_of(from["hint"]);
  return out;
}

void take_job(job_sight& into, json::node job) {
  take_text(into.id, job["id"]);
  take_text(into.ref, job["ref"]);
  take_text(into.kind, job["kind"]);
  take_text(into.state, job["state"]);
  into.cause = text_of(job["cause"]);
  take_text(into.artifact, job["artifact"]);
  if (job["views"].is_array()) {
    into.views.clear();
    for (const auto& one : job["views"].elements()) into.views.push_back(text_of(one));
  }
  if (job["progress"].is_object()) take_progress(into, job["progress"]);
  if (job["error"].is_object()) into.error = read_failure(job["error"]);
}

void take_event(job_sight& into, std::string_view kind, json::node data) {
  if (kind == "end") return take_job(into, data);
  if (kind == "progress") {
    into.cause = text_of(data["cause"]); // of a silence, while it lasts
    return take_progress(into, data);
  }
  if (text_of(data["action"]) == "plan-ready") take_number(into.here, data["here"]);
  if (kind != "state") return;
  take_text(into.state, data["state"]);
  into.cause = text_of(data["cause"]);
  if (into.cause.empty() && into.state == "paused") into.cause = text_of(data["human"]);
}

} // namespace hive::cli
