#include "actors/live_job.hpp"

#include "actors/inspect.hpp"
#include "actors/job_facts.hpp"

namespace hive::actors {

namespace {

bool is_of_disk(errc code) {
  return code == errc::disk_full || code == errc::disk_failed || code == errc::home_unwritable;
}

} // namespace

std::string origin_of(const job_request& asked) {
  auto origin =
      std::string{to_string(asked.kind == job_kind::verify ? scheme::file : asked.what.from)};
  const auto& what = asked.what;
  if (!what.host.empty()) return origin + ":" + what.host;
  if (what.from != scheme::url) return origin;
  const auto host = what.name.find("://");
  return origin + ":" +
         (host == std::string::npos
              ? what.name
              : what.name.substr(host + 3, what.name.find('/', host + 3) - host - 3));
}

std::optional<setback> setback_of(live_job& job, const job_settled& how) {
  if (!how.error) return std::nullopt;
  const bool room = how.error->code == errc::disk_full;
  // Bytes that came and could not be written are no progress.
  if (how.moved && !is_of_disk(how.error->code)) job.tries.progress();
  // Where the plan said how much is lacking, the next look at the disk tells; else only time can.
  if (room && how.unplaced) return setback{*how.error, {}};
  const auto wait = (room ? job.room_tries : job.tries).wait_after(*how.error);
  if (!wait) return std::nullopt;
  return setback{*how.error, *wait};
}

void calm(job_record& record) {
  record.progress.rate = 0;
  record.progress.eta.reset();
}

void close(job_record& record, job_step step, std::optional<failure> error) {
  record.state = after(record.state, step).value_or(job_state::failed);
  record.cause.clear();
  record.until.reset();
  record.finished = wall_now();
  record.contents.clear();
  calm(record);
  if (error) record.error = redacted(std::move(*error));
}

failure already_over(const job_id& id) {
  return fail(errc::conflict, "job " + id.value + " has already ended");
}

failure not_over(const job_id& id) {
  return fail(errc::conflict, "job " + id.value + " has not ended",
              "only failed and cancelled jobs can be tried once more");
}

} // namespace hive::actors
