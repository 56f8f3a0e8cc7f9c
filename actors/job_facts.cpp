#include "actors/job_facts.hpp"

#include "core/base/redact.hpp"
#include "core/base/units.hpp"

namespace hive::actors {
namespace {

struct wording {
  const char* action;
  const char* human;
};

wording words_for(std::optional<job_step> step) {
  if (!step) return {"job-accepted", "waits for a free slot"};
  switch (*step) {
  case job_step::start: return {"job-started", "asking the vendor"};
  case job_step::resolved: return {"job-resolved", "fetching"};
  case job_step::fetched: return {"job-fetched", "taking it into the catalog"};
  case job_step::committed: return {"job-succeeded", "done"};
  case job_step::stumble: return {"job-waiting", "waiting"};
  case job_step::wake: return {"job-woken", "trying again"};
  case job_step::pause: return {"job-paused", "paused"};
  case job_step::resume: return {"job-resumed", "waits for a free slot again"};
  case job_step::fail: return {"job-failed", "failed"};
  case job_step::cancel: return {"job-cancelled", "cancelled"};
  case job_step::requeue: return {"job-requeued", "waits for a free slot again"};
  case job_step::retry: return {"job-retried", "waits for a free slot again"};
  }
  return {"job-changed", "changed"};
}

job_step last_step(job_state end) {
  if (end == job_state::succeeded) return job_step::committed;
  return end == job_state::failed ? job_step::fail : job_step::cancel;
}

constexpr std::size_t most_named = 8;

/// "8388608-16777215, …": first and last byte of each stretch.
std::string stretches(const range_set& bad) {
  std::string text;
  std::size_t named = 0;
  for (const auto& range : bad.ranges()) {
    if (++named > most_named)
      return text + " and " + std::to_string(bad.ranges().size() - most_named) + " more";
    text += (text.empty() ? "" : ", ") + std::to_string(range.begin) + "-" +
            std::to_string(range.end - 1);
  }
  return text;
}

std::string damage_sentence(const damage& what) {
  const auto& found = what.found;
  const auto name = what.paths.front();
  if (found.gone && found.bad.size() == found.size) return name + " is gone";
  if (found.gone) return name + " lacks bytes " + stretches(found.bad);
  if (!found.known) return name + " is damaged, it is not known where";
  if (found.bad.empty()) return name + " was set aside";
  return name + " is damaged at bytes " + stretches(found.bad);
}

} // namespace

fact damage_fact(const job_id& id, const damage& what) {
  return {id,
          "job",
          "damage-found",
          level::warning,
          damage_sentence(what) + " of " + std::to_string(what.found.size),
          {{"path", what.paths.front()},
           {"sha256", what.found.sha256},
           {"size", std::to_string(what.found.size)},
           {"bytes", std::to_string(what.found.bad.size())},
           {"ranges", stretches(what.found.bad)}}};
}

failure unmended(const reference& artifact, const std::vector<damage>& damaged,
                 const failure& why) {
  auto detail = to_string(artifact) + ": ";
  std::size_t named = 0;
  for (const auto& one : damaged) {
    if (++named > most_named) break;
    detail += damage_sentence(one) + "; ";
  }
  if (damaged.size() > most_named)
    detail += std::to_string(damaged.size() - most_named) + " more files are damaged; ";
  return fail(errc::blob_damaged, detail + "they could not be fetched again: " + sentence(why),
              "what is right of them is kept: when the source can be reached, 'hive verify' or "
              "'hive pull' fetches the rest only");
}

fact state_fact(const job_record& record, std::optional<job_step> step) {
  const auto words = words_for(step);
  fact f{record.id,
         "queue",
         words.action,
         level::info,
         to_string(record.asked.what) + ": " + words.human,
         {{"state", std::string{to_string(record.state)}}}};
  if (!record.cause.empty()) f.fields.emplace_back("cause", record.cause);
  f.correlation = record.asked.correlation;
  return f;
}

fact end_fact(const job_record& record) {
  auto f = state_fact(record, last_step(record.state));
  if (!record.error) return f;
  f.weight = level::error;
  f.human += ": " + sentence(*record.error);
  f.fields.emplace_back("code", to_string(record.error->code));
  return f;
}

std::string slot_cause(std::size_t position, std::size_t line, std::size_t taken,
                       std::size_t slots) {
  const auto n = [](std::size_t x) { return std::to_string(x); };
  const auto place = n(position) + " of " + n(line) + " in line; ";
  if (taken < slots) return place + "starts in a moment";
  return place + (slots == 1 ? "the slot is taken" : "all " + n(slots) + " slots are taken");
}

fact rate_fact(const job_record& record, std::uint64_t before) {
  const auto now = record.asked.max_rate;
  const auto words = [](std::uint64_t rate) {
    return rate == 0 ? std::string{"no limit of its own"} : format_bytes(rate) + "/s";
  };
  return {record.id,
          "queue",
          "limit-changed",
          level::info,
          "the job's limit is now " + words(now) + " instead of " + words(before),
          {{"limit", "max_rate"},
           {"old", std::to_string(before)},
           {"new", std::to_string(now)},
           {"by", "request"}}};
}

fact place_fact(const job_record& shown) {
  fact f{shown.id,    "queue", "job-moved",
         level::info, {},      {{"priority", std::to_string(shown.asked.priority)}}};
  f.human = "its priority is " + std::to_string(shown.asked.priority);
  if (shown.position) {
    const auto position = std::to_string(*shown.position);
    f.fields.emplace_back("position", position);
    f.human += ", its place in line " + position;
  }
  f.correlation = shown.asked.correlation;
  return f;
}

fact view_fact(const job_id& id, const store::view_sight& view) {
  using store::view_state;
  const bool well = view.state == view_state::stands;
  fact f{id, "job", "view-made", well ? level::info : level::warning, {}, {{"view", view.view}}};
  if (!view.path.empty()) f.fields.emplace_back("path", view.path);
  if (well) {
    f.human = view.view + " has it at " + view.path + " (" + view.how + ")";
    f.fields.emplace_back("how", view.how);
    return f;
  }
  f.action = view.state == view_state::failed ? "view-not-made" : "view-changed";
  f.human = view.state == view_state::failed ? view.view + " does not have it: "
                                             : "its view for " + view.view + " was changed: ";
  f.human += sentence(view.why);
  f.fields.emplace_back("code", std::string{to_string(view.why.code)});
  return f;
}

fact unkept_fact(const job_id& id, const failure& why) {
  return {id,
          "queue",
          "not-kept",
          level::error,
          "the job's state could not be stored: " + sentence(why),
          {{"code", std::string{to_string(why.code)}}}};
}

fact retry_fact(const job_id& id, const failure& why, std::chrono::milliseconds wait,
                int failures) {
  return {id,
          "queue",
          "will-retry",
          level::warning,
          "trying again in " + std::to_string(wait.count()) + " ms: " + sentence(why),
          {{"code", std::string{to_string(why.code)}},
           {"wait", std::to_string(wait.count()) + "ms"},
           {"failures", std::to_string(failures)}}};
}

fact room_wait_fact(const job_id& id, const std::string& cause) {
  return {id,
          "queue",
          "waits-for-room",
          level::warning,
          "waiting until there is room: " + cause,
          {{"code", std::string{to_string(errc::disk_full)}}}};
}

fact room_fact(const job_id& id) {
  return {id, "queue", "room-found", level::info, "there is room on the disk", {}};
}

failure redacted(failure why) {
  why.detail = redact(why.detail);
  why.hint = redact(why.hint);
  return why;
}

} // namespace hive::actors
