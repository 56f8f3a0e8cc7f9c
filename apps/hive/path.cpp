#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/terminal.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <tuple>

namespace hive::cli {
namespace {

struct path_wish {
  std::string what;
  std::string file;
};

/// Whoever asks for a path is about to open it. That this could not be noted is no reason to
/// withhold the path.
void note_use(client& node, const artifact_sight& a) {
  std::ignore = node.call("PATCH", "/v1/artifacts/" + a.id, R"({"used":true})");
}

int tell_path(context& at, const path_wish& wish) {
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  const auto found = artifact_for((*place)->node(), wish.what);
  if (!found) return complain(found.why());
  const auto path =
      wish.file.empty() ? path_for(wish.what, *found) : path_of_file(*found, wish.file);
  if (!path) return complain(path.why());
  note_use((*place)->node(), *found);
  if (at.json) {
    json::object out;
    out["path"] = *path;
    say(json::text(out));
  } else {
    say(*path);
  }
  (*place)->see_guests_off();
  return 0;
}

} // namespace

void add_path(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("path", "print where it is: one model file, or the folder");
  auto wish = std::make_shared<path_wish>();
  command->add_option("REF", wish->what, "a reference, or an id of 'hive ls'")->required();
  command->add_option("--file", wish->file, "the path of this file of it");
  command->callback(
      [&at, wish] { at.run = [wish](context& with) { return tell_path(with, *wish); }; });
}

} // namespace hive::cli
