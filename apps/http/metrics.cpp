#include "apps/http/metrics.hpp"

#include "apps/http/problem.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace hive::http {
namespace {

/// Collects families in the order they are told.
class exposition {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += "# HELP " + name_ + ' ';
    text_ += help;
    text_ += "\n# TYPE " + name_ + ' ';
    text_ += type;
    text_ += '\n';
  }
  void sample(std::uint64_t value, std::string_view labels = {}) {
    text_ += name_;
    text_ += labels;
    text_ += ' ' + std::to_string(value) + '\n';
  }
  void sample(double value, std::string_view labels = {}) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
    text_ += name_;
    text_ += labels;
    text_ += ' ' + std::string{digits.begin(), end} + '\n';
  }
  void counter(std::string_view name, std::uint64_t value, std::string_view help) {
    family(name, "counter", help);
    sample(value);
  }
  void gauge(std::string_view name, std::uint64_t value, std::string_view help) {
    family(name, "gauge", help);
    sample(value);
  }
  /// Nothing at all for a figure that is not known.
  template <class Number>
  void gauge(std::string_view name, const std::optional<Number>& value, std::string_view help) {
    if (!value) return;
    family(name, "gauge", help);
    sample(*value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

/// `label("state", "queued", …)`: names and values in turn.
template <class... Texts>
std::string label(const Texts&... texts) {
  std::string out;
  bool is_name = true;
  for (const std::string_view text : {std::string_view{texts}...}) {
    out += is_name ? (out.empty() ? "{" : ",") : "=\"";
    for (const char c : text) {
      if (c == '\\' || c == '"') out += '\\';
      out += c == '\n' ? ' ' : c;
    }
    if (!is_name) out += '"';
    is_name = !is_name;
  }
  return out + '}';
}

void tell_bytes(exposition& out, const node_status& status) {
  const auto& bytes = status.transfer;
  out.counter("hive_bytes_received_total", bytes.bytes_received, "Bytes received from vendors.");
  out.counter("hive_bytes_durable_total", bytes.bytes_durable, "Bytes made durable on disk.");
  out.counter("hive_bytes_discarded_total", bytes.bytes_discarded,
              "Bytes received and thrown away.");
  out.counter("hive_bytes_adopted_total", bytes.bytes_adopted,
              "Bytes taken from other programs' stores on this machine.");
  out.counter("hive_wan_bytes_total", bytes.bytes_wan,
              "Bytes that crossed the WAN: received from vendors.");
  out.family("hive_peer_bytes_total", "counter", "Bytes of pieces, from and to other nodes.");
  out.sample(bytes.bytes_peers, label("direction", "in"));
  out.sample(status.peer_bytes_out, label("direction", "out"));
  out.counter("hive_pieces_bad_total", status.bad_pieces,
              "Pieces that other nodes sent and that were wrong.");
  out.gauge("hive_transfers", bytes.transfers_open, "Files being fetched.");
  out.gauge("hive_lanes", bytes.lanes_open, "Connections fetching pieces.");
  out.counter("hive_lane_retries_total", bytes.lane_retries, "Pieces asked for again.");
  out.gauge("hive_pool_blocks_free", bytes.pool_free, "Free blocks of the buffer pool.");
  out.counter("hive_exchanges_total", status.engine.exchanges_started, "Outgoing requests begun.");
}

void tell_node(exposition& out, const node_status& status) {
  out.family("hive_jobs", "gauge", "Jobs by state; finished ones since the start.");
  for (std::size_t i = 0; i < status.jobs_by_state.size(); ++i)
    out.sample(status.jobs_by_state[i], label("state", to_string(static_cast<job_state>(i))));
  out.gauge("hive_artifacts", status.artifacts, "Artifacts in the catalog.");
  out.gauge("hive_artifact_bytes", status.artifact_bytes, "Bytes of the artifacts in the catalog.");
  out.counter("hive_actor_restarts_total", status.restarts, "Restarts of long-lived actors.");
  out.family("hive_actor_crashes_total", "counter",
             "Actors that ended of a bug or no longer answered, by class.");
  for (const auto& counted : status.crashes)
    out.sample(counted.crashes, label("type", counted.name));
  out.gauge("hive_disk_promised_bytes", status.disk_promised,
            "Free bytes that are still to come for running jobs.");
  out.gauge("hive_degraded", status.ailments.empty() ? 0u : 1u, "1 when the node is not healthy.");
}

void tell_actors(exposition& out, const node_status& status) {
  const auto tell = [&](std::string_view name, std::string_view kind, std::string_view help,
                        auto member) {
    out.family(name, kind, help);
    for (const auto& one : status.classes) out.sample(one.*member, label("type", one.name));
  };
  using totals = actors::class_totals;
  tell("hive_actors", "gauge", "Actors alive, by class.", &totals::alive);
  tell("hive_actor_messages_total", "counter", "Messages handled by actors, by class.",
       &totals::handled);
  tell("hive_actor_mailbox_messages", "gauge",
       "Messages that wait for actors or are being handled, by class.", &totals::depth);
  tell("hive_actor_skipped_messages_total", "counter",
       "Messages that actors put back for later, by class.", &totals::skipped);
  tell("hive_actor_slow_handlers_total", "counter",
       "Messages that took an actor longer than 250 ms, by class.", &totals::slow);
}

void tell_members(exposition& out, const node_status& status) {
  out.family("hive_members", "gauge",
             "Members of the hive that have not left, by state as this node sees them.");
  for (const auto& [state, count] : status.members.by_state)
    out.sample(count, label("state", state));
  out.family("hive_link_reconnects_total", "counter",
             "Links with other nodes made anew, by why the last one ended.");
  for (const auto& [why, count] : status.members.reconnects)
    out.sample(count, label("cause", cluster::to_string(why)));
}

void tell_machine(exposition& out, const node_status& status) {
  const auto& [load, memory, disk] =
      std::tie(status.machine.load, status.machine.memory, status.machine.disk);
  const auto part = [](const auto& of, auto member) {
    return of ? std::optional{(*of).*member} : std::nullopt;
  };
  out.gauge("hive_disk_free_bytes", part(disk, &machine::extent::available),
            "Free bytes where the store lies.");
  out.gauge("hive_disk_size_bytes", part(disk, &machine::extent::total),
            "Bytes of the disk where the store lies.");
  out.gauge("hive_memory_available_bytes", part(memory, &machine::extent::available),
            "Bytes of the machine's memory that are available.");
  out.gauge("hive_memory_size_bytes", part(memory, &machine::extent::total),
            "Bytes of the machine's memory.");
  out.gauge("hive_load1", part(load, &machine::load_average::one),
            "Runnable tasks of the machine, averaged over a minute.");
  out.gauge("hive_cpus", status.machine.cpus, "CPUs this process may use.");
  out.gauge("process_resident_memory_bytes", status.machine.resident,
            "Bytes of this process in memory.");
  out.gauge("process_open_fds", status.machine.open_files, "Open descriptors of this process.");
  out.gauge("process_max_fds", status.machine.most_open_files,
            "Descriptors this process may have open.");
}

void tell_devices(exposition& out, const node_status& status) {
  const auto tell = [&](std::string_view name, std::string_view help, auto member) {
    out.family(name, "gauge", help);
    for (const auto& one : status.devices.value_or(std::vector<machine::device>{}))
      if (one.*member)
        out.sample(*(one.*member), label("bus", one.bus, "vendor", one.vendor, "name", one.name));
  };
  tell("hive_device_memory_bytes", "Bytes of memory a device has.", &machine::device::memory_total);
  tell("hive_device_memory_used_bytes", "Bytes of a device's memory that are in use.",
       &machine::device::memory_used);
}

void tell_limits(exposition& out, const node_status& status) {
  out.family("hive_limit", "gauge", "Limits in force: bytes per second (0: none), jobs, lanes.");
  for (const auto& row : limits::limit_table())
    out.sample(status.limits[static_cast<std::size_t>(row.what)], label("limit", row.name));
}

void tell_door(exposition& out, const node_status& status, const counters& door) {
  constexpr std::string_view classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  out.family("hive_http_requests_total", "counter", "Requests answered, by class of status.");
  for (std::size_t i = 1; i < door.requests_by_class.size(); ++i)
    out.sample(door.requests_by_class[i], label("code", classes[i]));
  out.gauge("hive_http_connections", door.connections, "Open connections that are no streams.");
  out.gauge("hive_sse_subscribers", door.event_streams, "Open event streams.");
  out.gauge("hive_http_growing_bodies", door.growing_bodies,
            "Views of actors and traces being sent.");
  out.counter("hive_sse_cut_total", door.streams_cut, "Event streams closed for being too slow.");
  out.counter("hive_events_total", status.events, "Last sequence number given to an event.");
  out.counter("hive_events_dropped_total", door.events_skipped,
              "Progress events skipped for slow subscribers.");
}

} // namespace

std::string metrics_text(const node_status& status, const counters& door) {
  exposition out;
  out.family("hive_build_info", "gauge", "The version of this node; always 1.");
  out.sample(std::uint64_t{1}, label("version", status.version));
  tell_bytes(out, status);
  tell_node(out, status);
  tell_actors(out, status);
  tell_members(out, status);
  tell_machine(out, status);
  tell_devices(out, status);
  tell_limits(out, status);
  tell_door(out, status, door);
  return out.take();
}

void metrics(desk& at, request, responder answer) {
  at.node.status([answer = std::move(answer), counts = at.counts](result<node_status> status) {
    if (!status) return answer(problem(status.why(), 503));
    answer(text_reply(200, "text/plain; version=0.0.4; charset=utf-8",
                      metrics_text(*status, *counts)));
  });
}

} // namespace hive::http
