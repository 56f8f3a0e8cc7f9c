#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/story.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/percent.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

int events(context& at, const std::string& job, const std::string& actor) {
  auto place = lodging::find(at, wanted_node::running);
  if (!place) return complain(place.why());
  story what;
  what.path = job.empty() ? "/v1/events" : "/v1/jobs/" + percent_encode(job) + "/events";
  what.json = at.json;
  what.with_job = job.empty();
  what.actor = actor;
  return read_aloud((*place)->node(), what);
}

} // namespace

void add_events(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("events", "follow what the node does, until Ctrl-C");
  auto job = std::make_shared<std::string>();
  command->add_option("--job", *job, "only this job, from its beginning to its end");
  auto actor = std::make_shared<std::string>();
  command->add_option("--actor", *actor,
                      "only what this actor tells: its id, or the name of its class");
  command->callback([&at, job, actor] {
    at.run = [job, actor](context& with) { return events(with, *job, *actor); };
  });
}

} // namespace hive::cli
