#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/artifact/view_wish.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

struct rm_wish {
  std::vector<std::string> what;
  std::vector<std::string> views;
  bool force{false};
};

int remove_one(context& at, client& node, const artifact_sight& a, bool force) {
  const auto got = node.call("DELETE", "/v1/artifacts/" + a.id + (force ? "?force=true" : ""));
  if (!got) return complain(got.why());
  const auto freed = got->body.root()["freed"].natural().value_or(0);
  if (at.json) say(got->text);
  if (!at.json)
    say("removed " + printable(a.ref) + " (" + a.id + "), " + format_bytes(freed) + " freed");
  return 0;
}

int remove_views(context& at, client& node, const artifact_sight& a,
                 const std::vector<std::string>& views) {
  json::object body;
  json::array names;
  for (const auto& one : views) names.emplace_back(one);
  body["remove_views"] = std::move(names);
  const auto got = node.call("PATCH", "/v1/artifacts/" + a.id, json::text(body));
  if (!got) return complain(got.why());
  if (at.json) say(got->text);
  for (const auto& one : views)
    if (!at.json) say("took " + printable(a.ref) + " (" + a.id + ") out of " + printable(one));
  return 0;
}

/// As the node knows them: a folder in full.
result<std::vector<std::string>> named_views(const std::vector<std::string>& asked) {
  std::vector<std::string> out;
  for (const auto& text : asked) {
    HIVE_TRY(const auto wish, parse_view(text));
    out.push_back(to_string(wish));
  }
  return out;
}

} // namespace

void add_rm(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("rm", "remove artifacts from this machine");
  auto wish = std::make_shared<rm_wish>();
  command->add_option("--view", wish->views,
                      "only out of this tool's folder (hf, ollama, lmstudio, dir:/path); the "
                      "artifact stays; may be repeated");
  command->add_flag("--force", wish->force,
                    "also where no more than half of the hive's members are in reach");
  command->add_option("REF", wish->what, "references, or ids of 'hive ls'")->required();
  command->callback([&at, wish] {
    at.run = [wish](context& with) {
      const auto named = named_views(wish->views);
      if (!named) return complain(named.why());
      return with_each_meant(with, wish->what, [&](client& node, const artifact_sight& a) {
        return named->empty() ? remove_one(with, node, a, wish->force)
                              : remove_views(with, node, a, *named);
      });
    };
  });
}

} // namespace hive::cli
