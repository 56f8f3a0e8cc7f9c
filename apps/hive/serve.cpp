#include "apps/hive/context.hpp"
#include "apps/hive/finding.hpp"
#include "apps/hive/house.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/units.hpp"
#include "core/base/version.hpp"
#include "core/job/log.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <memory>

namespace hive::cli {
namespace {

/// Other addresses than loopback ask for a token: the operator's, or one of this home's own.
result<std::string> door_token(const config& values) {
  if (listens_on_loopback(values.listen) || !values.api_token.empty()) return values.api_token;
  const store::home home{values.home};
  HIVE_TRY(auto token, home_token(home, true));
  say("clients of this node need the token in " + token_path(home).string() + " as HIVE_TOKEN");
  return token;
}

void tell_recovery(const store::recovery_report& seen) {
  const auto tell = [](level weight, const char* action, std::string text) {
    log(weight, "serve", action, text);
  };
  for (const auto& one : seen.damaged)
    tell(level::warning, "artifact-damaged",
         one + " is damaged: files of it are gone or cut. 'hive verify " + one + "' mends it.");
  for (const auto& one : seen.unknown)
    tell(level::warning, "unknown-file", one + " is not hive's; it stays as it is.");
  if (seen.views_completed > 0)
    tell(level::info, "views-completed",
         std::to_string(seen.views_completed) + " unfinished views were completed.");
  if (seen.journals_dropped > 0)
    tell(level::warning, "journals-dropped",
         std::to_string(seen.journals_dropped) + " unusable partial files start anew.");
  if (seen.unreferenced_bytes > 0)
    tell(level::info, "unreferenced",
         format_bytes(seen.unreferenced_bytes) + " of blobs belong to no artifact.");
}

void wait_for_stop() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  int which = 0;
  while (::sigwait(&set, &which) != 0) {
  }
  log(level::info, "serve", "stopping", which == SIGINT ? "on Ctrl-C" : "on SIGTERM");
}

int serve(context& at) {
  const auto& values = at.config_values();
  const store::home home{values.home};
  if (const auto ready = store::prepare(home); !ready) return complain(ready.why());
  const auto token = door_token(values);
  if (!token) return complain(token.why());
  auto opened = house::open(node_options_of(at.settings), values.listen, *token);
  if (!opened) return complain(opened.why());
  tell_recovery((*opened)->recovered());
  const auto where =
      listens_on_loopback(values.listen) ? "" : " (listening on " + values.listen + ")";
  say("hive " + std::string{version()} + " is ready at " + (*opened)->url() + where + ", home " +
      home.root.string() + ", name " + values.name);
  wait_for_stop();
  (*opened)->close();
  return 0;
}

} // namespace

void add_serve(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("serve", "run a node until Ctrl-C or SIGTERM");
  const auto setting = [&](const char* flag, const char* key, const char* help) {
    command->add_option_function<std::string>(
        flag, [&at, key = std::string{key}](const std::string& value) { at.flags[key] = value; },
        help);
  };
  setting("--listen", "listen", "host:port to answer at (127.0.0.1:7835); port 0 takes a free one");
  setting("--name", "name", "what this node is called (the host's name)");
  setting("--log-format", "log_format", "human or json");
  setting("--proxy", "proxy", "proxy for everything but loopback; - for none (HIVE_PROXY)");
  setting("--no-proxy", "no_proxy", "hosts that are reached without the proxy (HIVE_NO_PROXY)");
  setting("--ca-file", "ca_file",
          "PEM of authorities to trust besides the system's (HIVE_CA_FILE)");
  setting("--client-certificate", "client_certificate",
          "PEM to show to servers that ask for one (HIVE_CLIENT_CERTIFICATE)");
  setting("--client-key", "client_key", "its key, PEM, not encrypted (HIVE_CLIENT_KEY)");
  setting("--tls-minimum", "tls_minimum", "1.2 or 1.3 (HIVE_TLS_MINIMUM)");
  command->callback([&at] {
    at.is_service = true;
    at.run = serve;
  });
}

} // namespace hive::cli
