#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

int set_one(context& at, client& node, const artifact_sight& a, bool pinned) {
  json::object body;
  body["pinned"] = pinned;
  const auto got = node.call("PATCH", "/v1/artifacts/" + a.id, json::text(body));
  if (!got) return complain(got.why());
  if (at.json)
    say(got->text);
  else
    say((pinned ? "pinned " : "unpinned ") + printable(a.ref) + " (" + a.id + ")");
  return 0;
}

void add(CLI::App& app, context& at, const char* name, const char* help, bool pinned) {
  auto* command = app.add_subcommand(name, help);
  auto what = std::make_shared<std::vector<std::string>>();
  command->add_option("REF", *what, "references, or ids of 'hive ls'")->required();
  command->callback([&at, what, pinned] {
    at.run = [what, pinned](context& with) {
      return with_each_meant(with, *what, [&](client& node, const artifact_sight& a) {
        return set_one(with, node, a, pinned);
      });
    };
  });
}

} // namespace

void add_pin(CLI::App& app, context& at) {
  add(app, at, "pin", "keep artifacts from rm and gc", true);
  add(app, at, "unpin", "let rm and gc take artifacts again", false);
}

} // namespace hive::cli
