#include "apps/hive/join_search.hpp"
#include "apps/hive/membership.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/json.hpp"
#include "core/discovery/search.hpp"
#include "core/trust/join_client.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <memory>

namespace hive::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto heard_within = 5s; ///< of a node on the local network
constexpr auto tried_within = 60s;
constexpr std::chrono::milliseconds patience = 15s;
constexpr std::chrono::milliseconds patience_with_heard = 5s;

struct join_wish {
  std::string token;
  std::string address; ///< empty: where the local network says
};

result<trust::join_token> token_of(const join_wish& wish) {
  if (wish.token != "-") return trust::parse_token(wish.token);
  std::string line;
  std::getline(std::cin, line);
  return trust::parse_token(line);
}

/// Before anybody is asked: a home belongs to one hive.
outcome check_home(const store::home& home, const trust::join_token& token) {
  if (!trust::hive_folder::is_there(home)) return {};
  HIVE_TRY(const auto there, trust::hive_folder::open(home));
  if (there.chain().authority.fingerprint() == token.authority) return {};
  return fail(errc::conflict,
              "this home belongs to another hive, " + there.name() + " (" + there.hive().value +
                  ")",
              "give this hive its own HIVE_HOME; docs/trust.md says how a node leaves one");
}

/// Asks nodes, each with the same key.
class applicant {
 public:
  applicant(store::home home, trust::join_token token, trust::node_facts self)
    : home_(std::move(home)), token_(std::move(token)), self_(std::move(self)) {}

  const std::string& authority() const noexcept { return token_.authority; }
  /// The token's secret is said only to who has shown the token's authority.
  node_answer ask(const std::string& address, std::chrono::milliseconds limit) const {
    auto who = start();
    if (!who) return {who.why()};
    auto got = trust::converse(*who, address, std::nullopt, limit);
    return {std::move(got), who->has_asked()};
  }

 private:
  result<trust::joiner> start() const {
    HIVE_TRY(auto key, trust::hive_folder::joining_key(home_));
    return trust::joiner::with_token(token_, std::move(key), self_);
  }

  store::home home_;
  trust::join_token token_;
  trust::node_facts self_;
};

failure nobody_heard(const discovery::ears& where) {
  constexpr auto hint =
      "give the --peer-listen address of the node that made the token: hive join TOKEN HOST:PORT; "
      "nodes that run with --no-mdns or behind a router are not heard";
  if (!where.open.empty())
    return fail(errc::unreachable,
                "no node of the token's hive answered on the local network (" + listed(where.open) +
                    ") within " + std::to_string(heard_within.count()) + " s",
                hint);
  if (where.failed.empty())
    return fail(errc::unreachable, "this machine is on no local network with multicast", hint);
  return fail(errc::unreachable, "no local network can be asked: " + listed(where.failed), hint);
}

result<trust::join_grant> join_somebody(const applicant& who) {
  HIVE_TRY(const auto around, discovery::search::begin(who.authority()));
  const auto where = around->networks();
  if (where.open.empty()) return nobody_heard(where);
  const auto began = std::chrono::steady_clock::now();
  const auto next = [&]() -> std::optional<discovery::sighting> {
    if (std::chrono::steady_clock::now() > began + tried_within) return std::nullopt;
    return around->next(began + heard_within);
  };
  auto got = ask_around(next, [&](const auto& at) { return who.ask(at, patience_with_heard); });
  return got ? std::move(*got) : nobody_heard(where);
}

result<trust::hive_folder> join_hive(const config& values, const join_wish& wish) {
  HIVE_TRY(auto token, token_of(wish));
  if (wish.address.empty() && values.mdns == "off")
    return fail(errc::bad_request, "the local network is not asked where the hive is: mdns is off",
                "give the --peer-listen address of the node that made the token: hive join TOKEN "
                "HOST:PORT");
  HIVE_TRY(const auto self, own_node(values));
  const store::home home{values.home};
  HIVE_CHECK(check_home(home, token));
  const applicant who{home, std::move(token), self};
  HIVE_TRY(const auto grant,
           wish.address.empty() ? join_somebody(who) : who.ask(wish.address, patience).what);
  return trust::hive_folder::settle(home, grant, wall_now());
}

int join(context& at, const join_wish& wish) {
  const auto hive = join_hive(at.config_values(), wish);
  if (!hive) return complain(hive.why());
  const auto until = hive->chain().own.not_after();
  if (at.json) {
    json::object out;
    out["hive"] = hive->hive().value;
    out["name"] = hive->name();
    out["node"] = hive->node().value;
    out["not_after"] = format_time(until);
    say(json::text(out));
    return 0;
  }
  say("node " + hive->node().value + " belongs to the hive " + hive->name() + " (" +
      hive->hive().value + "); its certificate is good until " + minute_of(until) +
      " UTC and is renewed by the running node");
  return 0;
}

} // namespace

void add_join(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("join", "make this machine a node of a hive");
  auto wish = std::make_shared<join_wish>();
  command
      ->add_option("TOKEN", wish->token, "from 'hive token create'; - reads it from standard input")
      ->required();
  command->add_option("HOST:PORT", wish->address,
                      "the --peer-listen address of the node that made it; without one it is "
                      "looked for on the local network");
  command->callback([&at, wish] { at.run = [wish](context& with) { return join(with, *wish); }; });
}

} // namespace hive::cli
