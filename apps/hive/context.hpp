#pragma once
/// What every command is given: the global flags, the settings they lead to, and the loop it waits
/// in.

#include "apps/hive/main_loop.hpp"
#include "core/config/config.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace hive::cli {

struct context {
  // From the command line.
  std::map<std::string, std::string> flags; ///< config key → value
  std::optional<std::string> config_file;
  bool json{false};

  loaded_config settings; ///< filled by `load`
  main_loop loop;
  /// What the chosen command does; yields the exit code. Set while the command line is read.
  std::function<int(context&)> run;

  /// Reads the settings. Commands but doctor call it through main, before they run.
  outcome load();
  bool without_settings{false}; ///< the chosen command loads them itself, or needs none
  bool is_service{false};       ///< the chosen command is a node: its log is what it says

  const config& config_values() const noexcept { return settings.values; }
  /// Where a setting came from.
  setting_origin origin_of(std::string_view key) const noexcept;
};

// Each adds its command with its flags.
void add_serve(CLI::App& app, context& at);
void add_pull(CLI::App& app, context& at);
void add_import(CLI::App& app, context& at);
void add_jobs(CLI::App& app, context& at);
void add_limits(CLI::App& app, context& at);
void add_nodes(CLI::App& app, context& at);
void add_wishes(CLI::App& app, context& at);
void add_actors(CLI::App& app, context& at);
void add_top(CLI::App& app, context& at);
void add_ls(CLI::App& app, context& at);
void add_show(CLI::App& app, context& at);
void add_path(CLI::App& app, context& at);
void add_rm(CLI::App& app, context& at);
void add_pin(CLI::App& app, context& at);
void add_gc(CLI::App& app, context& at);
void add_verify(CLI::App& app, context& at);
void add_events(CLI::App& app, context& at);
void add_demo(CLI::App& app, context& at);
void add_doctor(CLI::App& app, context& at);
void add_sim(CLI::App& app, context& at);
void add_init(CLI::App& app, context& at);
void add_token(CLI::App& app, context& at);
void add_join(CLI::App& app, context& at);
void add_revoke(CLI::App& app, context& at);
void add_version(CLI::App& app, context& at);

} // namespace hive::cli
