#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/story.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/percent.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

int events(context& at, const std::string& job) {
  auto place = lodging::find(at, wanted_node::running);
  if (!place) return complain(place.why());
  story what;
  what.path = job.empty() ? "/v1/events" : "/v1/jobs/" + percent_encode(job) + "/events";
  what.json = at.json;
  what.with_job = job.empty();
  return read_aloud((*place)->node(), what);
}

} // namespace

void add_events(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("events", "follow what the node does, until Ctrl-C");
  auto job = std::make_shared<std::string>();
  command->add_option("--job", *job, "only this job, from its beginning to its end");
  command->callback([&at, job] { at.run = [job](context& with) { return events(with, *job); }; });
}

} // namespace hive::cli
