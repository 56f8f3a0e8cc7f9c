#include "apps/hive/membership.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/json.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

struct token_wish {
  std::string ttl{"24h"};
  std::uint64_t uses{1};
};

result<trust::hive_folder> hive_of(const context& at) {
  return trust::hive_folder::open(store::home{at.config_values().home});
}

result<trust::join_token> make_token(const context& at, const token_wish& wish, wall_time now) {
  HIVE_TRY(auto hive, hive_of(at));
  const auto ttl = parse_duration(wish.ttl);
  if (!ttl) return fail(errc::bad_request, "--ttl: " + ttl.why().detail, ttl.why().hint);
  return hive.create_token({*ttl, wish.uses}, now);
}

int create(context& at, const token_wish& wish) {
  const auto now = wall_now();
  const auto made = make_token(at, wish, now);
  if (!made) return complain(made.why());
  const auto expires = now + *parse_duration(wish.ttl);
  if (at.json) {
    json::object out;
    out["id"] = made->id;
    out["token"] = to_string(*made);
    out["expires"] = format_time(expires);
    out["uses"] = wish.uses;
    say(json::text(out));
    return 0;
  }
  complain("token " + made->id + ", good until " + minute_of(expires) + " UTC for " +
           std::to_string(wish.uses) + (wish.uses == 1 ? " node" : " nodes") +
           "; on the other machine: hive join TOKEN HOST:PORT");
  say(to_string(*made));
  return 0;
}

json::object to_json(const trust::token_row& row, wall_time now) {
  json::object out;
  out["id"] = row.id;
  out["state"] = std::string{to_string(row.state(now))};
  out["created"] = format_time(row.created);
  out["expires"] = format_time(row.expires);
  out["uses"] = row.uses;
  json::array used;
  for (const auto& one : row.used) used.emplace_back(one.who.node.value);
  out["used_by"] = std::move(used);
  return out;
}

int list(context& at) {
  const auto hive = hive_of(at);
  if (!hive) return complain(hive.why());
  if (!hive->issues())
    return complain(fail(errc::not_issuer, "this node does not hold the hive's key"));
  const auto book = hive->books().tokens();
  if (!book) return complain(book.why());
  const auto now = wall_now();
  std::vector<table_row> rows;
  json::array all;
  for (const auto& row : book->rows()) {
    all.emplace_back(to_json(row, now));
    std::string by;
    for (const auto& one : row.used) by += (by.empty() ? "" : " ") + one.who.node.value;
    rows.push_back({row.id, std::string{to_string(row.state(now))}, minute_of(row.expires),
                    std::to_string(row.used.size()) + "/" + std::to_string(row.uses), by});
  }
  if (at.json) {
    json::object out;
    out["tokens"] = std::move(all);
    say(json::text(out));
    return 0;
  }
  auto text = table({{"TOKEN"}, {"STATE"}, {"UNTIL (UTC)"}, {"USED"}, {"BY", false, true}}, rows,
                    terminal_extent().columns);
  text.pop_back();
  say(text);
  return 0;
}

int revoke(context& at, const std::string& id) {
  auto hive = hive_of(at);
  if (!hive) return complain(hive.why());
  const auto done = hive->revoke_token(id);
  if (!done) return complain(done.why());
  if (!at.json) say("token " + id + " is revoked; nodes that joined with it stay");
  return 0;
}

} // namespace

void add_token(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("token", "let other machines join this node's hive");
  command->require_subcommand(1);
  auto* made = command->add_subcommand("create", "make a join token; printed last");
  auto wish = std::make_shared<token_wish>();
  made->add_option("--ttl", wish->ttl, "how long it is good, for example 15m, 24h, 7d (24h)");
  made->add_option("--uses", wish->uses, "how many nodes may join with it (1)");
  made->callback([&at, wish] { at.run = [wish](context& with) { return create(with, *wish); }; });
  command->add_subcommand("ls", "list tokens, without their secrets")->callback([&at] {
    at.run = list;
  });
  auto* revoked = command->add_subcommand("revoke", "let nobody join with a token any more");
  auto id = std::make_shared<std::string>();
  revoked->add_option("ID", *id, "as 'hive token ls' shows it")->required();
  revoked->callback([&at, id] { at.run = [id](context& with) { return revoke(with, *id); }; });
}

} // namespace hive::cli
