#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace hive::cli {
namespace {

std::string names_in(json::node list) {
  std::string out;
  for (const auto& one : list.elements()) out += (out.empty() ? "" : ",") + one.text();
  return out;
}

/// What has become of it at the node that is asked.
std::string here_text(json::node job) {
  if (job.is_null()) return "-";
  auto out = job["state"].text();
  if (!job["next_try_at"].is_null()) out += ", again at " + job["next_try_at"].text();
  return out;
}

int list_all(context& at) {
  auto place = lodging::find(at, wanted_node::running);
  if (!place) return complain(place.why());
  auto& node = (*place)->node();
  if (at.json) {
    const auto got = node.get("/v1/wishes?limit=1000");
    if (!got) return complain(got.why());
    say(got->text);
    return 0;
  }
  std::vector<table_row> rows;
  const auto read = node.each("/v1/wishes", "wishes", [&](json::node one) {
    rows.push_back({one["id"].text(), one["ref"].text(), one["on"].text(), names_in(one["holders"]),
                    here_text(one["job"]), one["asked_by"]["name"].text(), one["asked_at"].text()});
    return true;
  });
  if (!read) return complain(read.why());
  if (rows.empty()) {
    say("the hive is to hold nothing: 'hive pull --on all REF' wishes for something");
    return 0;
  }
  auto text = table({{"ID"},
                     {"REF", false, true},
                     {"ON"},
                     {"HOLDERS", false, true},
                     {"HERE"},
                     {"ASKED AT"},
                     {"SINCE"}},
                    rows, terminal_extent().columns);
  if (text.ends_with('\n')) text.pop_back();
  say(text);
  return 0;
}

int withdraw(context& at, const std::vector<std::string>& ids) {
  auto place = lodging::find(at, wanted_node::running);
  if (!place) return complain(place.why());
  int code = 0;
  for (const auto& id : ids) {
    const auto got = (*place)->node().call("DELETE", "/v1/wishes/" + id);
    if (!got) {
      code = complain(got.why());
      continue;
    }
    if (at.json)
      say(got->text);
    else
      say("withdrew " + id + " (" + printable(got->body.root()["ref"].text()) +
          "): copies that are whole stay where they are");
  }
  return code;
}

} // namespace

void add_wishes(CLI::App& app, context& at) {
  auto* command = app.add_subcommand(
      "wishes", "list what the hive is to hold on several nodes, or withdraw it");
  command->require_subcommand(0, 1);
  command->callback([&at, command] {
    if (command->get_subcommands().empty()) at.run = list_all;
  });
  command->add_subcommand("ls", "list them, newest first")->callback([&at] { at.run = list_all; });
  auto* gone = command->add_subcommand(
      "withdraw", "nobody begins to hold it any more; who has begun gives up; copies stay");
  auto ids = std::make_shared<std::vector<std::string>>();
  gone->add_option("ID", *ids, "as 'hive wishes' lists them")->required();
  gone->callback([&at, ids] { at.run = [ids](context& with) { return withdraw(with, *ids); }; });
}

} // namespace hive::cli
