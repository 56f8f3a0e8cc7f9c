/// hive: one binary, one command per file.

#include "apps/hive/context.hpp"
#include "apps/hive/nearest.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/base/version.hpp"
#include "core/job/log.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace {

using namespace hive;

constexpr int usage_error = 2;

void add_global_flags(CLI::App& app, cli::context& at) {
  const auto setting = [&](const char* flag, const char* key, const char* help) {
    app.add_option_function<std::string>(
        flag, [&at, key = std::string{key}](const std::string& value) { at.flags[key] = value; },
        help);
  };
  setting("--node", "node", "URL of the node to talk to (HIVE_NODE)");
  setting("--home", "home", "folder that holds everything (HIVE_HOME)");
  setting("--log-level", "log_level", "debug, info, warning or error");
  app.add_option("--config", at.config_file, "settings file instead of <home>/hive.toml");
  app.add_flag("--json", at.json, "output for programs");
}

void add_commands(CLI::App& app, cli::context& at) {
  cli::add_pull(app, at);
  cli::add_ls(app, at);
  cli::add_show(app, at);
  cli::add_path(app, at);
  cli::add_rm(app, at);
  cli::add_pin(app, at);
  cli::add_gc(app, at);
  cli::add_verify(app, at);
  cli::add_import(app, at);
  cli::add_serve(app, at);
  cli::add_jobs(app, at);
  cli::add_limits(app, at);
  cli::add_nodes(app, at);
  cli::add_wishes(app, at);
  cli::add_actors(app, at);
  cli::add_top(app, at);
  cli::add_init(app, at);
  cli::add_token(app, at);
  cli::add_join(app, at);
  cli::add_revoke(app, at);
  cli::add_events(app, at);
  cli::add_doctor(app, at);
  cli::add_sim(app, at);
  cli::add_demo(app, at);
  cli::add_version(app, at);
  for (auto* one : app.get_subcommands([](const CLI::App*) { return true; }))
    one->footer("'hive --help' shows the flags that every command takes.");
}

/// The log goes to standard error, where it would disturb a command's own words: only a node that
/// is the command's purpose writes one, and whoever asks for it.
void open_log(const cli::context& at) {
  if (!at.is_service && at.origin_of("log_level") == setting_origin::built_in) return;
  const auto& values = at.config_values();
  log_options options;
  options.json = values.log_format == "json";
  for (const auto one : {level::debug, level::info, level::warning, level::error})
    if (to_string(one) == values.log_level) options.threshold = one;
  start_log(options);
}

/// The first word is no command.
int no_such_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const auto* one : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(one->get_name());
  const auto near = cli::nearest(word, names);
  cli::complain("hive: there is no command " + cli::printable(word) +
                (near.empty() ? "; " : "; did you mean " + near + "? ") +
                "'hive --help' lists them all");
  return usage_error;
}

/// A node holds thousands of event streams, each a descriptor; the usual soft limit is 1024.
void raise_file_limit() noexcept {
  constexpr rlim_t enough = 65536;
  rlimit now{};
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur >= enough) return;
  now.rlim_cur = std::min(now.rlim_max, enough);
  ::setrlimit(RLIMIT_NOFILE, &now);
}

int run(cli::context& at) {
  if (!at.without_settings) {
    if (const auto loaded = at.load(); !loaded) return cli::complain(loaded.why());
    open_log(at);
  }
  return at.run(at);
}

} // namespace

int main(int argc, char** argv) {
  cli::take_signals();
  raise_file_limit();
  cli::context at;
  CLI::App app{"hive gets AI models onto this machine and tells the truth while it does.", "hive"};
  app.require_subcommand(0, 1);
  app.fallthrough();
  try {
    add_global_flags(app, at);
    add_commands(app, at);
    app.parse(argc, argv);
    if (at.run) return run(at);
    cli::complain(app.help());
    return usage_error;
  } catch (const CLI::ExtrasError& e) {
    const auto left = app.remaining(true);
    const bool word =
        app.get_subcommands().empty() && !left.empty() && !left.front().starts_with('-');
    if (word) return no_such_command(app, left.front());
    app.exit(e);
    return usage_error;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : usage_error;
  } catch (const std::exception& e) {
    return cli::complain(fail(errc::actor_failed, e.what()));
  }
}
