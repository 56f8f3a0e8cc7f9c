#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

int remove_one(context& at, client& node, const artifact_sight& a) {
  const auto got = node.call("DELETE", "/v1/artifacts/" + a.id);
  if (!got) return complain(got.why());
  const auto freed = got->body.root()["freed"].natural().value_or(0);
  if (at.json) say(got->text);
  if (!at.json)
    say("removed " + printable(a.ref) + " (" + a.id + "), " + format_bytes(freed) + " freed");
  return 0;
}

} // namespace

void add_rm(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("rm", "remove artifacts from this machine");
  auto what = std::make_shared<std::vector<std::string>>();
  command->add_option("REF", *what, "references, or ids of 'hive ls'")->required();
  command->callback([&at, what] {
    at.run = [what](context& with) {
      return with_each_meant(with, *what, [&](client& node, const artifact_sight& a) {
        return remove_one(with, node, a);
      });
    };
  });
}

} // namespace hive::cli
