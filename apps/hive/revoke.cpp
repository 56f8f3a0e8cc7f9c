#include "apps/hive/membership.hpp"
#include "apps/hive/terminal.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

struct revoke_wish {
  std::string node;
  std::string reason;
};

int revoke(context& at, const revoke_wish& wish) {
  auto hive = trust::hive_folder::open(store::home{at.config_values().home});
  if (!hive) return complain(hive.why());
  const auto done = hive->revoke(node_id{wish.node}, wish.reason, wall_now());
  if (!done) return complain(done.why());
  if (!at.json) say("node " + wish.node + " is revoked: this node lets it in no more");
  return 0;
}

} // namespace

void add_revoke(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("revoke", "bar a node from the hive for good");
  auto wish = std::make_shared<revoke_wish>();
  command->add_option("NODE", wish->node, "its id, as 'hive token ls' shows it")->required();
  command->add_option("--reason", wish->reason, "one line that others see");
  command->callback(
      [&at, wish] { at.run = [wish](context& with) { return revoke(with, *wish); }; });
}

} // namespace hive::cli
