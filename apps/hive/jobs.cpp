#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/rate.hpp"
#include "apps/hive/screen.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/story.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/base/percent.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace hive::cli {
namespace {

std::string job_path(const std::string& id) {
  return "/v1/jobs/" + percent_encode(id);
}

/// Runs `what` with the node that is running.
int with_node(context& at, const std::function<int(client&)>& what) {
  auto place = lodging::find(at, wanted_node::running);
  return place ? what((*place)->node()) : complain(place.why());
}

std::string progress_of(const job_sight& job) {
  const auto total = job.bytes.total.value_or(0);
  auto out = format_bytes(job.bytes.received);
  if (total > 0)
    out = std::to_string(std::min<std::uint64_t>(100, job.bytes.received * 100 / total)) + "% of " +
          format_bytes(total);
  return job.state == "fetching" ? out + "  " + pace(job) : out;
}

std::string cause_of(const job_sight& job) {
  if (!job.error) return job.cause;
  return std::string{to_string(job.error->code)} + ": " + job.error->detail;
}

constexpr const char* path_of_all = "/v1/jobs?all=true";

/// Nodes that could not be asked, on standard error.
void tell_missing(client& node) {
  const auto got = node.get(std::string{path_of_all} + "&limit=1");
  if (!got) return;
  for (const auto& one : got->body.root()["missing"].elements())
    complain("not in reach: " + printable(one.text()));
}

int list_json(client& node, bool everywhere) {
  json::array all;
  const auto* const path = everywhere ? path_of_all : "/v1/jobs";
  const auto listed = node.each(path, "jobs", [&](json::node one) {
    all.push_back(one.copy());
    return true;
  });
  if (!listed) return complain(listed.why());
  json::object out;
  out["jobs"] = std::move(all);
  out["next_cursor"] = nullptr;
  say(json::text(out));
  return 0;
}

int list(client& node, bool everywhere, bool json) {
  if (json) return list_json(node, everywhere);
  std::vector<table_row> rows;
  const auto* const path = everywhere ? path_of_all : "/v1/jobs";
  const auto listed = node.each(path, "jobs", [&](json::node one) {
    job_sight job;
    take_job(job, one);
    rows.push_back({job.id, job.kind, job.ref, job.state, progress_of(job), cause_of(job)});
    if (everywhere) rows.back().push_back(one["node"]["name"].text());
    return true;
  });
  if (!listed) return complain(listed.why());
  if (everywhere) tell_missing(node);
  if (rows.empty()) {
    complain("there are no jobs yet; 'hive pull hf:org/repo' makes one");
    return 0;
  }
  std::vector<column> columns{{"ID"},    {"KIND"},     {"NAME", false, true},
                              {"STATE"}, {"PROGRESS"}, {"CAUSE", false, true}};
  if (everywhere) columns.push_back({"NODE"});
  auto text = table(columns, rows, terminal_extent().columns);
  text.pop_back();
  say(text);
  return 0;
}

/// "0.34"
std::string fixed(double value) {
  const auto hundredths = static_cast<std::uint64_t>(value * 100 + 0.5);
  const auto rest = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + (rest.size() < 2 ? ".0" : ".") + rest;
}

/// Where the bytes came from; empty before there are any.
std::string sources_of(json::node progress) {
  const auto bytes = [&](const char* name) { return progress[name].natural().value_or(0); };
  const auto wan = bytes("wan_bytes");
  const auto peers = bytes("peer_bytes");
  if (wan + peers == 0) return {};
  auto out = format_bytes(wan) + " over the WAN, " + format_bytes(peers) + " from other nodes, " +
             format_bytes(bytes("cache_bytes")) + " were here";
  const auto total = bytes("total");
  if (total > 0)
    out += " (WAN ratio " + fixed(static_cast<double>(wan) / static_cast<double>(total)) + ")";
  return out;
}

void tell_job(json::node whole) {
  job_sight job;
  take_job(job, whole);
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) say(pad_right(name, 12) + printable(value));
  };
  line("id", job.id);
  line("kind", job.kind);
  line("name", job.ref);
  line("state", job.state);
  line("cause", job.cause);
  line("until", whole["until"].text());
  if (const auto at = whole["position"].natural()) line("position", std::to_string(*at));
  line("priority", std::to_string(whole["priority"].integer().value_or(0)));
  if (job.error)
    line("error", std::string{to_string(job.error->code)} + ": " + sentence(*job.error));
  line("progress", progress_of(job));
  line("sources", sources_of(whole["progress"]));
  line("revision", whole["revision"].text());
  line("artifact", job.artifact);
  line("created", whole["created_at"].text());
  line("started", whole["started_at"].text());
  line("finished", whole["finished_at"].text());
  if (job.files.empty()) return;
  std::vector<table_row> rows;
  for (const auto& file : job.files)
    rows.push_back({format_bytes(file.bytes.verified),
                    file.bytes.total ? format_bytes(*file.bytes.total) : "?", file.path});
  auto text = table({{"VERIFIED", true}, {"SIZE", true}, {"FILE"}}, rows, 0);
  text.pop_back();
  say("\n" + text);
}

int show(client& node, const std::string& id, bool json) {
  const auto got = node.get(job_path(id));
  if (!got) return complain(got.why());
  if (json) say(got->text);
  if (!json) tell_job(got->body.root());
  return 0;
}

struct cancel_wish {
  std::vector<std::string> ids;
  bool all{false};
  bool purge{false};
};

std::string cancel_line(const std::string& id, const std::string& state, bool purge) {
  if (state == "cancelled") return id + " is cancelled";
  return "cancelling " + id + "; what has arrived is " + (purge ? "removed" : "kept");
}

const char* purge_body(bool purge) {
  return purge ? R"({"purge":true})" : R"({"purge":false})";
}

int cancel_all(client& node, bool purge, bool json) {
  const auto got = node.call("POST", "/v1/jobs/cancel", purge_body(purge));
  if (!got) return complain(got.why());
  if (json) {
    say(got->text);
    return 0;
  }
  const auto count = got->body.root()["cancelled"].natural().value_or(0);
  say("cancelling " + std::to_string(count) + (count == 1 ? " job" : " jobs") +
      "; what has arrived is " + (purge ? "removed" : "kept"));
  return 0;
}

int cancel(client& node, const cancel_wish& wish, bool json) {
  if (wish.ids.empty() != wish.all)
    return complain(
        fail(errc::bad_request, "cancel what?", "name jobs, or say --all for all of them"));
  if (wish.all) return cancel_all(node, wish.purge, json);
  int code = 0;
  for (const auto& id : wish.ids) {
    const auto got = node.call("POST", job_path(id) + "/cancel", purge_body(wish.purge));
    if (!got) code = complain(got.why());
    if (got && json) say(got->text);
    if (got && !json) say(printable(cancel_line(id, got->body.root()["state"].text(), wish.purge)));
  }
  return code;
}

/// pause, resume, retry: the path and the command share their name.
int steer(client& node, const std::vector<std::string>& ids, const std::string& order, bool json) {
  int code = 0;
  for (const auto& id : ids) {
    const auto got = node.call("POST", job_path(id) + "/" + order, "");
    if (!got) code = complain(got.why());
    if (got && json) say(got->text);
    if (got && !json) say(printable(id + " is " + got->body.root()["state"].text()));
  }
  return code;
}

int change(client& node, const std::string& id, const json::object& what, bool json) {
  const auto got = node.call("PATCH", job_path(id), json::text(what));
  if (!got) return complain(got.why());
  if (json) {
    say(got->text);
    return 0;
  }
  const auto job = got->body.root();
  const auto position = job["position"].natural();
  say(printable(id) + " is " + job["state"].text() + ", priority " +
      std::to_string(job["priority"].integer().value_or(0)) +
      (position ? ", " + std::to_string(*position) + " in line" : ""));
  return 0;
}

int limit(client& node, const std::string& id, const std::string& text, bool json) {
  const auto rate = read_rate("RATE", text);
  if (!rate) return complain(rate.why());
  json::object body;
  body["max_rate"] = *rate;
  const auto got = node.call("PATCH", job_path(id), json::text(body));
  if (!got) return complain(got.why());
  if (json)
    say(got->text);
  else
    say(printable(id) +
        (*rate == 0 ? " has no limit of its own" : " is held to " + format_bytes(*rate) + "/s"));
  return 0;
}

struct logs_wish {
  std::string id;
  bool follow{false};
  std::optional<std::uint64_t> since;
};

int logs(client& node, const logs_wish& wish, bool json) {
  story what;
  what.path = job_path(wish.id) + "/events";
  if (wish.since) what.since = std::to_string(*wish.since);
  what.json = json;
  what.progress = false;
  if (!wish.follow) {
    const auto now = node.get("/v1/node");
    if (!now) return complain(now.why());
    what.until = now->body.root()["last_event"].natural().value_or(1);
  }
  return read_aloud(node, what);
}

void add_cancel(CLI::App& jobs, context& at) {
  auto* command = jobs.add_subcommand("cancel", "stop jobs; what has arrived is kept");
  auto wish = std::make_shared<cancel_wish>();
  command->add_option("ID", wish->ids, "jobs");
  command->add_flag("--all", wish->all, "every job that has not ended");
  command->add_flag("--purge", wish->purge, "remove what has arrived");
  command->callback([&at, wish] {
    at.run = [wish](context& with) {
      return with_node(with, [&](client& node) { return cancel(node, *wish, with.json); });
    };
  });
}

void add_steering(CLI::App& jobs, context& at) {
  constexpr std::pair<const char*, const char*> orders[] = {
      {"pause", "stop jobs for now; what has arrived is kept"},
      {"resume", "let paused jobs go on"},
      {"retry", "try failed or cancelled jobs once more"}};
  for (const auto& [name, help] : orders) {
    auto* command = jobs.add_subcommand(name, help);
    auto ids = std::make_shared<std::vector<std::string>>();
    command->add_option("ID", *ids, "jobs")->required();
    command->callback([&at, ids, order = std::string{name}] {
      at.run = [ids, order](context& with) {
        return with_node(with, [&](client& node) { return steer(node, *ids, order, with.json); });
      };
    });
  }
}

void add_move(CLI::App& jobs, context& at) {
  auto* command = jobs.add_subcommand("move", "put a queued job elsewhere in the line");
  auto id = std::make_shared<std::string>();
  auto position = std::make_shared<std::uint64_t>(0);
  auto priority = std::make_shared<std::int64_t>(0);
  command->add_option("ID", *id, "the job")->required();
  auto* where = command->add_option("--to", *position, "its place in line, 1 is the next to start")
                    ->check(CLI::PositiveNumber);
  auto* weight = command->add_option("--priority", *priority, "higher goes first; usually 0");
  command->callback([&at, id, position, priority, where, weight] {
    json::object what;
    if (where->count() > 0) what["position"] = *position;
    if (weight->count() > 0) what["priority"] = *priority;
    at.run = [id, what](context& with) {
      if (what.empty())
        return complain(fail(errc::bad_request, "move it where?", "say --to 1, or --priority 5"));
      return with_node(with, [&](client& node) { return change(node, *id, what, with.json); });
    };
  });
}

void add_limit(CLI::App& jobs, context& at) {
  auto* command = jobs.add_subcommand("limit", "hold a job to a rate while it runs");
  auto id = std::make_shared<std::string>();
  auto rate = std::make_shared<std::string>();
  command->add_option("ID", *id, "the job")->required();
  command->add_option("RATE", *rate, "bytes a second, for example 5M; 0: no limit of its own")
      ->required();
  command->callback([&at, id, rate] {
    at.run = [id, rate](context& with) {
      return with_node(with, [&](client& node) { return limit(node, *id, *rate, with.json); });
    };
  });
}

void add_show_and_logs(CLI::App& jobs, context& at) {
  auto id = std::make_shared<std::string>();
  auto wish = std::make_shared<logs_wish>();
  auto* shown = jobs.add_subcommand("show", "show one job");
  shown->add_option("ID", *id, "the job")->required();
  shown->callback([&at, id] {
    at.run = [id](context& with) {
      return with_node(with, [&](client& node) { return show(node, *id, with.json); });
    };
  });
  auto* told = jobs.add_subcommand("logs", "tell what a job did");
  told->add_option("ID", wish->id, "the job")->required();
  told->add_flag("-f,--follow", wish->follow, "go on until it ends");
  told->add_option("--since", wish->since, "begin after the event with this number (seq)");
  told->callback([&at, wish] {
    at.run = [wish](context& with) {
      return with_node(with, [&](client& node) { return logs(node, *wish, with.json); });
    };
  });
}

} // namespace

void add_jobs(CLI::App& app, context& at) {
  auto* command = app.add_subcommand(
      "jobs", "list, show, follow, pause, resume, retry, move, limit and cancel jobs of the node");
  command->require_subcommand(0, 1);
  command->add_subcommand("ls", "list jobs, the newest first (also without 'ls')");
  add_show_and_logs(*command, at);
  add_cancel(*command, at);
  add_steering(*command, at);
  add_move(*command, at);
  add_limit(*command, at);
  auto all = std::make_shared<bool>(false);
  command->add_flag("--all", *all, "the jobs of every node of the hive");
  command->callback([&at, all] {
    if (at.run) return; // of a command below
    at.run = [all](context& with) {
      return with_node(with, [&](client& node) { return list(node, *all, with.json); });
    };
  });
}

} // namespace hive::cli
