#include "apps/http/views.hpp"

#include "apps/http/model_view.hpp"
#include "apps/http/problem.hpp"
#include "core/base/redact.hpp"
#include "core/base/units.hpp"
#include "core/store/directory.hpp"
#include "core/store/views.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace hive::http {
namespace {

json::value time_or_null(const std::optional<wall_time>& t) {
  return t ? json::value(format_time(*t)) : json::value{};
}

void put_counts(json::object& into, const byte_counts& counts,
                const std::optional<std::uint64_t>& total) {
  into["received"] = counts.received;
  into["durable"] = counts.durable;
  into["verified"] = counts.verified;
  into["discarded"] = counts.discarded;
  into["wan_bytes"] = counts.wan;
  into["peer_bytes"] = counts.peers;
  into["cache_bytes"] = counts.received - std::min(counts.received, counts.wan + counts.peers);
  into["total"] = total ? json::value(*total) : json::value{};
}

void put_progress(json::object& into, const job_progress& progress, detail how) {
  put_counts(into, progress.counts, progress.total);
  const auto total = progress.total.value_or(0);
  into["wan_ratio"] =
      total > 0 ? json::value(static_cast<double>(progress.counts.wan) / static_cast<double>(total))
                : json::value{};
  into["rate"] = progress.rate;
  into["eta_s"] = progress.eta ? json::value(progress.eta->count()) : json::value{};
  if (how == detail::brief) return;
  json::array files;
  for (const auto& file : progress.files) {
    json::object one;
    one["path"] = file.path;
    put_counts(one, file.counts, file.total);
    files.emplace_back(std::move(one));
  }
  into["files"] = std::move(files);
}

void put_machine(json::object& into, const machine::reading& seen) {
  const auto& [load, memory, disk] = std::tie(seen.load, seen.memory, seen.disk);
  into["cpus"] = or_null(seen.cpus);
  into["load"] = load ? json::value{{"1m", load->one}, {"5m", load->five}, {"15m", load->fifteen}}
                      : json::value{};
  into["memory"] = memory ? json::value{{"total", memory->total}, {"available", memory->available}}
                          : json::value{};
  into["disk_free"] = disk ? json::value(disk->available) : json::value{};
  into["disk_total"] = disk ? json::value(disk->total) : json::value{};
  into["process"] = json::value{{"resident", or_null(seen.resident)},
                                {"open_files", or_null(seen.open_files)},
                                {"most_open_files", or_null(seen.most_open_files)}};
}

json::array devices_view(const std::vector<machine::device>& devices) {
  json::array out;
  for (const auto& one : devices)
    out.push_back({{"vendor", one.vendor},
                   {"name", or_null(one.name)},
                   {"bus", one.bus},
                   {"driver", or_null(one.driver)},
                   {"memory_total", or_null(one.memory_total)},
                   {"memory_used", or_null(one.memory_used)}});
  return out;
}

json::array tool_views(const std::vector<store::view_sight>& views) {
  json::array out;
  for (const auto& one : views)
    out.push_back({{"view", one.view},
                   {"path", or_null(one.path)},
                   {"how", or_null(one.how)},
                   {"state", to_string(one.state)},
                   {"detail", or_null(one.why.detail)}});
  return out;
}

void put_health(json::object& into, const std::vector<machine::reason>& ailments) {
  json::array reasons;
  for (const auto& one : ailments)
    reasons.push_back({{"code", machine::to_string(one.what)}, {"human", one.human}});
  into["health"] = ailments.empty() ? "ok" : "degraded";
  into["health_reason"] = or_null(sentence(ailments));
  into["health_reasons"] = std::move(reasons);
}

} // namespace

json::object job_view(const job_record& job, detail how) {
  json::object out;
  out["id"] = job.id.value;
  out["kind"] = to_string(job.asked.kind);
  out["ref"] = redact(to_string(job.asked.what));
  out["state"] = to_string(job.state);
  out["cause"] = or_null(job.cause);
  out["until"] = time_or_null(job.until);
  out["position"] = job.position ? json::value(*job.position) : json::value{};
  json::object progress;
  put_progress(progress, job.progress, how);
  out["progress"] = std::move(progress);
  out["error"] = job.error ? json::value(failure_view(*job.error)) : json::value{};
  out["artifact"] =
      or_null(job.artifact.value.empty() ? job.asked.subject.value : job.artifact.value);
  out["revision"] = or_null(job.revision);
  out["include"] = texts(job.asked.include);
  out["exclude"] = texts(job.asked.exclude);
  out["priority"] = job.asked.priority;
  out["max_rate"] = job.asked.max_rate;
  out["update"] = job.asked.update;
  out["as"] = or_null(job.asked.import_as);
  json::array views;
  for (const auto& one : job.asked.views.value_or(std::vector<view_wish>{}))
    views.emplace_back(to_string(one));
  out["views"] = std::move(views);
  out["on"] = "local";
  out["correlation"] = or_null(redact(job.asked.correlation));
  out["created_at"] = format_time(job.created);
  out["started_at"] = time_or_null(job.started);
  out["finished_at"] = time_or_null(job.finished);
  return out;
}

json::object artifact_view(const store::artifact& what, const store::home& home, detail how) {
  std::uint64_t bytes = 0;
  json::array files;
  for (const auto& file : what.files) {
    bytes += file.size;
    if (how == detail::brief) continue;
    json::object one;
    one["path"] = file.path;
    one["size"] = file.size;
    one["sha256"] = file.sha256;
    one["git_sha1"] = or_null(file.git_sha1);
    one["first_sight"] = file.first_sight;
    files.emplace_back(std::move(one));
  }
  json::object out;
  out["id"] = what.id.value;
  out["ref"] = redact(to_string(what.what));
  out["source"] = redact(store::source_of(what.what));
  out["revision"] = what.revision;
  out["requested"] = or_null(what.requested);
  out["bytes"] = bytes;
  out["file_count"] = what.files.size();
  out["path"] = store::view_path(home, what).string();
  out["health"] = what.damaged.empty() ? "ok" : "damaged";
  out["damaged"] = texts(what.damaged);
  out["created_at"] = format_time(what.created);
  out["verified_at"] = format_time(what.verified);
  out["last_used_at"] = time_or_null(what.used);
  out["pinned"] = what.pinned;
  out["model"] = model_view(what.model);
  out["views"] = tool_views(what.views);
  if (how == detail::full) out["files"] = std::move(files);
  return out;
}

json::object check_view(const update_check& what) {
  json::object out;
  out["id"] = what.here.id.value;
  out["ref"] = redact(to_string(what.here.what));
  out["requested"] = or_null(what.here.requested);
  out["revision"] = what.here.revision;
  out["newest"] = what.newest;
  out["moved"] = what.newest != what.here.revision;
  return out;
}

json::object gc_view(const store::gc_report& what, bool plan) {
  const auto entries = [](const std::vector<store::gc_entry>& all) {
    json::array out;
    for (const auto& entry : all) {
      json::object one;
      one["kind"] = to_string(entry.kind);
      one["id"] = entry.name;
      one["ref"] = or_null(redact(entry.ref));
      one["revision"] = or_null(entry.revision);
      one["reason"] = to_string(entry.reason);
      one["bytes"] = entry.bytes;
      one["detail"] = or_null(entry.detail);
      out.emplace_back(std::move(one));
    }
    return out;
  };
  json::object out;
  out["dry_run"] = plan;
  out["budget"] = what.budget > 0 ? json::value(what.budget) : json::value{};
  out["before"] = what.before;
  out["freed"] = what.freed;
  out["left"] = what.left;
  out["over_budget"] = over_budget(what);
  out["removed"] = entries(what.removed);
  out["kept"] = entries(what.kept);
  return out;
}

json::object node_view(const actors::node_status& status) {
  json::object jobs;
  for (std::size_t i = 0; i < status.jobs_by_state.size(); ++i)
    jobs[to_string(static_cast<job_state>(i))] = status.jobs_by_state[i];
  json::object out;
  out["id"] = status.id.value;
  out["name"] = status.name;
  out["version"] = status.version;
  out["started_at"] = format_time(status.started);
  out["uptime_s"] = status.uptime.count();
  out["home"] = status.home;
  put_health(out, status.ailments);
  put_machine(out, status.machine);
  out["devices"] = status.devices ? json::value(devices_view(*status.devices)) : json::value{};
  out["disk_promised"] = status.disk_promised;
  out["jobs"] = std::move(jobs);
  out["artifacts"] = status.artifacts;
  out["artifact_bytes"] = status.artifact_bytes;
  out["transfers"] = status.transfer.transfers_open;
  out["lanes"] = status.transfer.lanes_open;
  out["bytes_received"] = status.transfer.bytes_received;
  out["actors"] = status.actors;
  out["messages_handled"] =
      std::accumulate(status.classes.begin(), status.classes.end(), std::uint64_t{0},
                      [](auto sum, const auto& one) { return sum + one.handled; });
  out["restarts"] = status.restarts;
  out["last_event"] = status.events;
  return out;
}

std::string event_text(const event& what, const job_record* final_job) {
  json::object out;
  if (final_job != nullptr) out = job_view(*final_job, detail::full);
  for (const auto& [key, value] : what.what.fields)
    if (!out.contains(key)) out[key] = value;
  if (what.progress) put_progress(out, *what.progress, detail::full);
  out["seq"] = what.seq;
  out["time"] = format_time(what.time);
  out["job"] = or_null(what.what.job.value);
  out["actor"] = what.what.actor;
  out["actor_id"] = what.what.actor_id;
  out["action"] = what.what.action;
  out["level"] = to_string(what.what.weight);
  out["human"] = what.what.human;
  if (final_job == nullptr) out["correlation"] = or_null(what.what.correlation);
  if (what.state && final_job == nullptr) out["state"] = to_string(*what.state);
  std::string text = "id: " + std::to_string(what.seq) + "\nevent: ";
  text += to_string(what.kind);
  text += "\ndata: " + json::text(out) + "\n\n";
  return text;
}

json::object list_view(std::string_view name, json::array items, const std::string& next) {
  json::object out;
  out[name] = std::move(items);
  out["next_cursor"] = or_null(next);
  return out;
}

} // namespace hive::http
