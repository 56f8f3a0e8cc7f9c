#include "apps/hive/membership.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/json.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

result<trust::hive_folder> found(const config& values, const std::string& name) {
  HIVE_TRY(const auto self, own_node(values));
  return trust::hive_folder::found(store::home{values.home}, name.empty() ? values.name : name,
                                   self, wall_now());
}

int init(context& at, const std::string& name) {
  const auto hive = found(at.config_values(), name);
  if (!hive) return complain(hive.why());
  const auto& authority = hive->chain().authority;
  if (at.json) {
    json::object out;
    out["hive"] = hive->hive().value;
    out["name"] = hive->name();
    out["node"] = hive->node().value;
    out["authority_sha256"] = authority.fingerprint();
    say(json::text(out));
    return 0;
  }
  say("the hive " + hive->name() + " (" + hive->hive().value + ") is founded; this is its node " +
      hive->node().value);
  say("its authority's fingerprint is " + authority.fingerprint());
  say("keep a copy of " +
      trust::hive_files{store::home{at.config_values().home}}.folder().string() +
      " where nobody else can read it: it holds the key that lets nodes in");
  say("next: 'hive serve --peer-listen 0.0.0.0:7836', then 'hive token create'");
  return 0;
}

} // namespace

void add_init(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("init", "found a hive, of which this is the first node");
  auto name = std::make_shared<std::string>();
  command->add_option("--name", *name, "what the hive is called (the node's name)");
  command->callback([&at, name] { at.run = [name](context& with) { return init(with, *name); }; });
}

} // namespace hive::cli
