#include "apps/hive/outcome_of_jobs.hpp"

#include "apps/hive/artifacts.hpp"
#include "apps/hive/text.hpp"
#include "core/base/units.hpp"

#include <algorithm>
#include <cstdlib>

namespace hive::cli {
namespace {

using namespace std::chrono_literals;

[[noreturn]] void leave_at_once(watch& jobs) {
  jobs.clear();
  // The node's data survives any end of its process; waiting is what was refused here.
  std::_Exit(info(errc::cancelled).exit_code);
}

int stop_by_hand(watch& jobs) {
  jobs.clear();
  complain("hive: cancelling; Ctrl-C again leaves at once");
  const auto asked = jobs.cancel_all(false);
  if (!asked && asked.why().code == errc::cancelled) leave_at_once(jobs);
  const auto until = std::chrono::steady_clock::now() + 5s;
  if (jobs.run([&] { return jobs.all_ended(); }, until) == woken::interrupted) leave_at_once(jobs);
  jobs.clear();
  for (const auto& job : jobs.jobs()) {
    if (job.succeeded()) continue;
    complain("hive: " + printable(job.ref) +
             " stopped; what has arrived is kept, and the same command goes on from there");
  }
  return info(errc::cancelled).exit_code;
}

/// How much is right, and how long it took to see that.
int tell_verified(client& node, const job_sight& job, std::chrono::seconds took) {
  const auto got = artifact_by_id(node, job.artifact);
  if (!got) return complain(got.why());
  say(printable(got->ref) + "  " + format_bytes(got->bytes) + " verified in " +
      format_duration(took));
  return 0;
}

/// Whether every view that was asked for stands; complains of those that do not.
int tell_views(const job_sight& job, const artifact_sight& a) {
  int code = 0;
  for (const auto& view : job.views) {
    const auto seen = std::ranges::find(a.views, view, &tool_sight::view);
    if (seen != a.views.end() && seen->state == "ok") continue;
    const auto why = seen == a.views.end() ? std::string{} : ": " + seen->detail;
    code = complain(fail(errc::conflict, a.ref + " is here, but not shown to " + view + why,
                         "'hive jobs logs " + job.id + "' says why; pull it with --view again"));
  }
  return code;
}

/// Where the files are, and how much came how fast.
int tell_success(client& node, const job_sight& job, std::chrono::seconds took, const ending& how) {
  if (const auto at = how.elsewhere.find(job.id); at != how.elsewhere.end()) {
    if (!how.quiet) say(printable(job.ref + "  at " + at->second) + " in " + format_duration(took));
    return 0;
  }
  if (job.kind == "verify") return tell_verified(node, job, took);
  const auto got = artifact_by_id(node, job.artifact);
  if (!got) return complain(got.why());
  const auto path = path_for(job.kind == "pull" ? job.ref : job.artifact, *got);
  if (!how.quiet)
    say(printable(got->ref) + "  " + format_bytes(got->bytes) + " in " + format_duration(took) +
        (job.here > 0 ? ", " + format_bytes(job.here) + " of it already here" : ""));
  if (!how.quiet && !got->memory.empty()) say(printable(got->memory));
  const int shown = tell_views(job, *got);
  // A node on another machine has it there.
  say(printable(path ? *path : got->path));
  return shown;
}

/// The last event of another node's job may have come without its record.
int tell_failure(client& node, job_sight job) {
  if (!job.error && job.state == "failed")
    if (const auto got = node.get("/v1/jobs/" + job.id)) take_job(job, got->body.root());
  if (job.error) return complain(*job.error);
  if (job.state == "failed")
    return complain(fail(errc::no_answer, job.ref + " failed, and its node does not say why",
                         "see 'hive jobs logs " + job.id + "'"));
  return complain(fail(errc::cancelled, job.ref + " was cancelled"));
}

void tell_final(client& node, const std::string& id) {
  if (const auto got = node.get("/v1/jobs/" + id)) say(got->text);
}

} // namespace

int see_through(lodging& place, watch& jobs, const ending& how) {
  int code = 0;
  const auto ended = jobs.run([&] { return jobs.all_ended(); });
  if (ended == woken::interrupted) code = stop_by_hand(jobs);
  jobs.clear();
  for (std::size_t i = 0; i < jobs.jobs().size(); ++i) {
    const auto& job = jobs.jobs()[i];
    if (how.json) tell_final(place.node(), job.id);
    int one = 0;
    if (job.succeeded() && !how.json) one = tell_success(place.node(), job, jobs.duration(i), how);
    if (!job.succeeded() && ended != woken::interrupted) one = tell_failure(place.node(), job);
    if (code == 0) code = one;
  }
  if (!place.see_guests_off()) return info(errc::cancelled).exit_code;
  return code;
}

} // namespace hive::cli
