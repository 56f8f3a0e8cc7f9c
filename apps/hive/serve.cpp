#include "apps/hive/context.hpp"
#include "apps/hive/finding.hpp"
#include "apps/hive/house.hpp"
#include "apps/hive/overseer.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/units.hpp"
#include "core/base/version.hpp"
#include "core/cluster/handshake.hpp"
#include "core/discovery/lan.hpp"
#include "core/job/log.hpp"
#include "core/trust/peer_port.hpp"
#include "core/trust/renewal.hpp"
#include "core/trust/sockets.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

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

std::string status_line(const actors::node_status& now) {
  const auto count = [&](job_state in) { return now.jobs_by_state[static_cast<std::size_t>(in)]; };
  const auto running =
      count(job_state::resolving) + count(job_state::fetching) + count(job_state::committing);
  const auto waiting =
      count(job_state::queued) + count(job_state::waiting) + count(job_state::paused);
  auto line = std::to_string(running) + " jobs running, " + std::to_string(waiting) + " waiting, " +
              std::to_string(now.artifacts) + " artifacts";
  if (const auto why = sentence(now.ailments); !why.empty()) line += "; degraded: " + why;
  return line;
}

/// What goes on beside the node while it serves. Belongs to the main thread.
class watch_over {
 public:
  watch_over(main_loop& loop, house& node, const overseer& boss)
    : loop_{loop}, node_{node}, boss_{boss} {}

  /// Until a signal or `over()`. The overseer hears that we live only when the actors answer, so
  /// that it can end a node that hangs.
  woken stay(const std::function<bool()>& over) {
    for (;;) {
      std::optional<main_loop::time_point> deadline;
      if (boss_.is_there()) deadline = std::chrono::steady_clock::now() + interval();
      const auto how = loop_.wait(over, deadline);
      if (how != woken::too_late) return how;
      ask();
    }
  }

 private:
  std::chrono::milliseconds interval() const {
    constexpr std::chrono::milliseconds seldom = std::chrono::seconds{10};
    return std::min(boss_.beat().value_or(seldom), seldom);
  }

  void ask() {
    if (std::exchange(*asking_, true)) return;
    node_.status([&loop = loop_, boss = boss_, asking = asking_](result<actors::node_status> now) {
      loop.post([boss, asking, now = std::move(now)] {
        *asking = false;
        if (now)
          boss.alive(status_line(*now));
        else
          log(level::warning, "serve", "not-answering", sentence(now.why()));
      });
    });
  }

  main_loop& loop_;
  house& node_;
  const overseer& boss_;
  std::shared_ptr<bool> asking_{std::make_shared<bool>(false)};
};

/// What a member of a hive does beside its node: answers at the peers' address, keeps its
/// certificate fresh, and is heard and hears on the local networks.
struct membership {
  std::unique_ptr<trust::peer_port> port;
  std::unique_ptr<trust::renewer> renewals;
  std::unique_ptr<discovery::lan> around;
};

/// A node that is not heard runs as well.
std::unique_ptr<discovery::lan> go_around(const trust::hive_folder& hive,
                                          const trust::peer_port* port, actors::node& node) {
  discovery::lan_options options;
  options.hive = hive.chain().authority.fingerprint();
  options.self = hive.node();
  options.on_heard = [&node](const discovery::sighting& what) { node.heard(what); };
  if (port != nullptr) {
    options.own = discovery::announcement{options.hive, options.self, cluster::spoken.oldest,
                                          cluster::spoken.newest};
    options.listen = port->address();
  }
  auto out = discovery::lan::open(std::move(options));
  if (out) return std::move(*out);
  log(level::warning, "discovery", "not-around", sentence(out.why()));
  return nullptr;
}

result<membership> become_member(const config& values, const store::home& home,
                                 actors::node& node) {
  membership out;
  if (!values.peer_listen.empty()) {
    trust::peer_port_options options;
    options.listen = values.peer_listen;
    options.home = home;
    options.takers = node.takers();
    HIVE_TRY(out.port, trust::peer_port::open(std::move(options)));
    node.advertise(trust::reached_at(out.port->address(), cluster::max_addresses));
  }
  if (!trust::hive_folder::is_there(home)) return out;
  out.renewals = std::make_unique<trust::renewer>(home, values.name);
  if (values.mdns == "off") return out;
  HIVE_TRY(const auto hive, trust::hive_folder::open(home));
  out.around = go_around(hive, out.port.get(), node);
  return out;
}

int serve(context& at) {
  const auto& values = at.config_values();
  const store::home home{values.home};
  if (const auto ready = store::prepare(home); !ready) return complain(ready.why());
  const auto token = door_token(values);
  if (!token) return complain(token.why());
  const auto gave_up = std::make_shared<std::optional<failure>>();
  auto options = node_options_of(at.settings);
  options.on_give_up = [&loop = at.loop, gave_up](failure why) {
    loop.post([gave_up, why = std::move(why)] { *gave_up = why; });
  };
  auto opened = house::open(std::move(options), values.listen, *token);
  if (!opened) return complain(opened.why());
  auto& node = **opened;
  auto member = become_member(values, home, node.node());
  if (!member) return complain(member.why());
  tell_recovery(node.recovered());
  auto where = listens_on_loopback(values.listen) ? "" : " (listening on " + values.listen + ")";
  if (member->port) where += ", to peers at " + member->port->address();
  say("hive " + std::string{version()} + " is ready at " + node.url() + where + ", home " +
      home.root.string() + ", name " + values.name);
  const overseer boss{process_environment()};
  boss.ready("ready at " + node.url());
  watch_over{at.loop, node, boss}.stay([&] { return gave_up->has_value(); });
  log(level::info, "serve", "stopping", *gave_up ? "the node gave up" : "on request");
  boss.stopping();
  member->around.reset();
  member->port.reset();
  node.close();
  return *gave_up ? complain(**gave_up) : 0;
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
  setting("--peer-listen", "peer_listen",
          "host:port for other nodes of the hive, for example 0.0.0.0:7836 (HIVE_PEER_LISTEN)");
  setting("--join", "peers",
          "host:port of other nodes of the hive to begin with, separated by commas (HIVE_PEERS)");
  command->add_flag_callback(
      "--no-mdns", [&at] { at.flags["mdns"] = "off"; },
      "neither announce this node on the local network nor look for others there (HIVE_MDNS=off)");
  setting("--labels", "labels",
          "of this node in its hive, separated by commas, for example gpu (HIVE_LABELS)");
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
