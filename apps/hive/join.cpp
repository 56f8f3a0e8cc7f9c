#include "apps/hive/membership.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/json.hpp"
#include "core/trust/join_client.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace hive::cli {
namespace {

struct join_wish {
  std::string token;
  std::string address;
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

result<trust::hive_folder> join_hive(const config& values, const join_wish& wish) {
  HIVE_TRY(auto token, token_of(wish));
  HIVE_TRY(const auto self, own_node(values));
  const store::home home{values.home};
  HIVE_CHECK(check_home(home, token));
  HIVE_TRY(auto key, trust::hive_folder::joining_key(home));
  HIVE_TRY(auto who, trust::joiner::with_token(std::move(token), std::move(key), self));
  HIVE_TRY(const auto grant, trust::converse(who, wish.address, std::nullopt));
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
  command
      ->add_option("HOST:PORT", wish->address, "the --peer-listen address of the node that made it")
      ->required();
  command->callback([&at, wish] { at.run = [wish](context& with) { return join(with, *wish); }; });
}

} // namespace hive::cli
