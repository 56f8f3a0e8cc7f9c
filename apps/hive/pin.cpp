#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
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

int set_all(context& at, const std::vector<std::string>& all, bool pinned) {
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  int code = 0;
  for (const auto& what : all) {
    const auto found = artifacts_meant_by((*place)->node(), what);
    if (!found) {
      code = complain(found.why());
      continue;
    }
    for (const auto& a : *found)
      if (const int one = set_one(at, (*place)->node(), a, pinned); one != 0) code = one;
  }
  (*place)->see_guests_off();
  return code;
}

void add(CLI::App& app, context& at, const char* name, const char* help, bool pinned) {
  auto* command = app.add_subcommand(name, help);
  auto what = std::make_shared<std::vector<std::string>>();
  command->add_option("REF", *what, "references, or ids of 'hive ls'")->required();
  command->callback([&at, what, pinned] {
    at.run = [what, pinned](context& with) { return set_all(with, *what, pinned); };
  });
}

} // namespace

void add_pin(CLI::App& app, context& at) {
  add(app, at, "pin", "keep artifacts from rm and gc", true);
  add(app, at, "unpin", "let rm and gc take artifacts again", false);
}

} // namespace hive::cli
