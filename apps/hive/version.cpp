#include "apps/hive/libraries.hpp"

#include "apps/hive/context.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/json.hpp"
#include "core/base/version.hpp"

#include <CLI/CLI.hpp>

namespace hive::cli {
namespace {

int tell_version(context& at) {
  const auto used = libraries();
  if (at.json) {
    json::object out;
    out["hive"] = version();
    for (const auto& one : used) out[one.name] = one.version;
    say(json::text(out));
    return 0;
  }
  say("hive " + std::string{version()});
  for (const auto& one : used) say("  " + one.name + " " + one.version);
  return 0;
}

} // namespace

void add_version(CLI::App& app, context& at) {
  auto* command =
      app.add_subcommand("version", "print the version of hive and what it is made with");
  command->callback([&at] {
    at.without_settings = true;
    at.run = tell_version;
  });
}

} // namespace hive::cli
