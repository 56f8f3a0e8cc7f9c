#include "apps/hive/watch.hpp"

#include "apps/hive/screen.hpp"
#include "apps/hive/text.hpp"
#include "core/base/units.hpp"

#include <algorithm>
#include <utility>

namespace hive::cli {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto frame = 200ms;

std::string progress_figures(const job_sight& job) {
  auto out = format_bytes(job.bytes.received);
  if (const auto total = job.bytes.total; total && *total > 0) {
    const auto part = job.bytes.received >= *total ? 100 : job.bytes.received * 100 / *total;
    out = std::to_string(part) + "%  " + out + " of " + format_bytes(*total);
  }
  return out + "  " + (job.cause.empty() ? pace(job) : printable(job.cause));
}

} // namespace

std::string event_line(std::string_view kind, json::node data, const job_sight& job) {
  if (kind == "progress") return progress_figures(job);
  // Told by the door when the stream was opened after the end: it does not say which end.
  if (data["action"].text() == "ended") return printable(job.ref + ": " + job.state);
  auto human = data["human"].text();
  return printable(human.empty() ? data["action"].text() : human);
}

void watch::add(json::node job) {
  const auto which = jobs_.size();
  jobs_.emplace_back();
  take_job(jobs_.back(), job);
  followed one;
  one.since = clock::now();
  feed_listener ears;
  ears.on_event = [this, which](const sse_event& event) { hear(which, event); };
  ears.on_over = [this, which](const outcome& how) {
    followed_[which].over = true;
    if (!how) followed_[which].lost = how.why();
  };
  followed_.push_back(std::move(one));
  followed_.back().feed = std::make_unique<event_feed>(
      node_, "/v1/jobs/" + jobs_.back().id + "/events", std::string{}, std::move(ears));
}

void watch::hear(std::size_t which, const sse_event& event) {
  const auto data = json::parse(event.data);
  if (!data) return;
  take_event(jobs_[which], event.kind, data->root());
  if (jobs_[which].ended() && !followed_[which].until) followed_[which].until = clock::now();
  tell(which, event, data->root());
}

void watch::tell(std::size_t which, const sse_event& event, json::node data) {
  auto& one = followed_[which];
  if (how_ == show_as::json) say(event.data);
  if (how_ == show_as::lines) {
    if (event.kind == "progress" && clock::now() - one.told < 1s) return;
    if (event.kind == "progress") one.told = clock::now();
    const auto line = event_line(event.kind, data, jobs_[which]);
    const auto name = printable(jobs_[which].ref);
    say(jobs_.size() > 1 && !line.starts_with(name) ? name + ": " + line : line);
  }
  const auto level = data["level"].text();
  if (how_ == show_as::bars && event.kind == "narration" &&
      (level == "warning" || level == "error")) {
    live_.clear();
    say(clip_end(event_line(event.kind, data, jobs_[which]), terminal_extent().columns - 1));
  }
}

/// The stream closed without an `end`: the job's own record tells what became of it.
void watch::look_again(std::size_t which) {
  auto& one = followed_[which];
  auto& job = jobs_[which];
  if (!one.lost) {
    auto got = node_.get("/v1/jobs/" + job.id);
    if (got) take_job(job, got->body.root());
    if (!got) one.lost = std::move(got).why();
  }
  if (job.ended()) return;
  job.state = "failed";
  job.error = one.lost ? *one.lost
                       : fail(errc::no_answer, "the node stopped telling about job " + job.id,
                              "'hive jobs show " + job.id + "' shows its state");
}

bool watch::all_ended() const noexcept {
  return std::ranges::all_of(jobs_, &job_sight::ended);
}

woken watch::run(const std::function<bool()>& enough,
                 std::optional<main_loop::time_point> deadline) {
  const auto lost_one = [this] {
    for (std::size_t i = 0; i < jobs_.size(); ++i)
      if (followed_[i].over && !jobs_[i].ended()) return i;
    return jobs_.size();
  };
  for (;;) {
    draw();
    auto until = deadline;
    if (how_ == show_as::bars)
      until = std::min(deadline.value_or(clock::now() + frame), clock::now() + frame);
    const auto how =
        node_.loop().wait([&] { return enough() || lost_one() < jobs_.size(); }, until);
    if (const auto which = lost_one(); which < jobs_.size()) look_again(which);
    if (how == woken::interrupted || enough()) {
      draw();
      return how == woken::interrupted ? how : woken::done;
    }
    if (deadline && clock::now() >= *deadline) return woken::too_late;
  }
}

void watch::draw() {
  if (how_ != show_as::bars) return;
  const auto size = terminal_extent();
  live_.draw(
      picture(jobs_, size.rows > 1 ? size.rows - 1 : 1, size.columns > 1 ? size.columns - 1 : 1));
}

outcome watch::cancel_all(bool purge) {
  json::object body;
  body["purge"] = purge;
  const auto text = json::text(body);
  outcome out;
  for (const auto& job : jobs_) {
    if (job.ended()) continue;
    auto got = node_.call("POST", "/v1/jobs/" + job.id + "/cancel", text, 2s);
    // It may have ended in between.
    if (!got && got.why().code != errc::conflict) out = std::move(got).why();
  }
  return out;
}

std::chrono::seconds watch::duration(std::size_t which) const {
  const auto& one = followed_[which];
  return std::chrono::round<std::chrono::seconds>(one.until.value_or(clock::now()) - one.since);
}

} // namespace hive::cli
