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
    file.path = one["path"].text();
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

failure read_failure(json::node from) {
  failure out;
  const auto code = from["code"].text();
  out.code = errc_from_name(code).value_or(errc::actor_failed);
  out.detail = from["detail"].text();
  if (out.detail.empty()) out.detail = "the node answered with the error '" + code + "'";
  out.hint = from["hint"].text();
  return out;
}

void take_job(job_sight& into, json::node job) {
  take_text(into.id, job["id"]);
  take_text(into.ref, job["ref"]);
  take_text(into.kind, job["kind"]);
  take_text(into.state, job["state"]);
  into.cause = job["cause"].text();
  take_text(into.artifact, job["artifact"]);
  if (job["views"].is_array()) {
    into.views.clear();
    for (const auto& one : job["views"].elements()) into.views.push_back(one.text());
  }
  if (job["progress"].is_object()) take_progress(into, job["progress"]);
  if (job["error"].is_object()) into.error = read_failure(job["error"]);
}

void take_event(job_sight& into, std::string_view kind, json::node data) {
  if (kind == "end") return take_job(into, data);
  if (kind == "progress") {
    into.cause = data["cause"].text(); // of a silence, while it lasts
    return take_progress(into, data);
  }
  if (data["action"].text() == "plan-ready") take_number(into.here, data["here"]);
  if (kind != "state") return;
  take_text(into.state, data["state"]);
  into.cause = data["cause"].text();
  if (into.cause.empty() && into.state == "paused") into.cause = data["human"].text();
}

} // namespace hive::cli
