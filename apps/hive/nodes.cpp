#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

struct nodes_wish {
  bool watch{false};
  std::string drain;
  std::string undrain;
  std::string forget;
  bool force{false};
};

std::string joined(json::node list) {
  std::string out;
  for (const auto& one : list.elements()) out += (out.empty() ? "" : ",") + one.text();
  return out;
}

/// Who cannot reach it since when, and why; empty when all is well.
std::string why_text(json::node member) {
  std::string out;
  for (const auto& one : member["seen"].elements())
    out += (out.empty() ? "" : "; ") + one["cause"].text() + " since " + one["since"].text() +
           " by " + one["by"].text();
  return out;
}

table_row row_of(json::node member) {
  const auto is = [&](const char* what) { return member[what].boolean().value_or(false); };
  auto state = member["state"].text();
  if (is("draining")) state += ", draining";
  return {member["name"].text() + (is("self") ? " (this)" : ""),
          member["id"].text(),
          state,
          member["reachability"].text(),
          is("self")     ? "-"
          : is("linked") ? "up"
                         : "none",
          joined(member["addresses"]),
          format_bytes(member["free_disk"].natural().value_or(0)),
          joined(member["labels"]),
          why_text(member)};
}

std::string view_of(json::node all, std::size_t width) {
  std::vector<table_row> rows;
  for (const auto& one : all["members"].elements()) rows.push_back(row_of(one));
  auto text = table({{"NAME"},
                     {"ID"},
                     {"STATE"},
                     {"REACHABILITY"},
                     {"LINK"},
                     {"ADDRESSES", false, true},
                     {"FREE", true},
                     {"LABELS"},
                     {"WHY", false, true}},
                    rows, width);
  const auto island = all["island"];
  const auto visible = island["visible"].natural().value_or(0);
  const auto expected = island["expected"].natural().value_or(0);
  if (visible < expected)
    text += "island: " + std::to_string(visible) + " of " + std::to_string(expected) +
            " members in sight since " + island["since"].text() +
            (island["majority"].boolean().value_or(false) ? "" : ", no majority") + "\n";
  if (const auto stretch = island["stretch"].natural().value_or(1); stretch > 1)
    text += "this node is short of processor: it waits " + std::to_string(stretch) +
            " times as long before it calls others lost\n";
  if (!all["in_hive"].boolean().value_or(false))
    text += "this node belongs to no hive: 'hive init' makes one, 'hive join' enters one\n";
  return text;
}

/// The id of a member by its id or name.
result<std::string> id_of(client& node, const std::string& who) {
  HIVE_TRY(const auto got, node.get("/v1/members"));
  std::vector<std::string> found;
  for (const auto& one : got.body.root()["members"].elements())
    if (one["id"].text() == who || one["name"].text() == who) found.push_back(one["id"].text());
  if (found.size() == 1) return found.front();
  if (found.empty()) return fail(errc::not_found, "no member is called " + who, "see 'hive nodes'");
  return fail(errc::conflict, std::to_string(found.size()) + " members are called " + who,
              "give the id instead, see 'hive nodes'");
}

result<answer> act(client& node, const std::string& who, const char* action, bool force) {
  HIVE_TRY(const auto id, id_of(node, who));
  return node.call("POST", "/v1/members/" + id + "/" + action,
                   json::text(json::object{{"force", force}}));
}

result<answer> ask(client& node, const nodes_wish& wish) {
  if (!wish.drain.empty()) return act(node, wish.drain, "drain", false);
  if (!wish.undrain.empty()) return act(node, wish.undrain, "undrain", false);
  if (!wish.forget.empty()) return act(node, wish.forget, "forget", wish.force);
  return node.get("/v1/members");
}

void tell(context& at, const answer& got) {
  if (at.json) {
    say(got.text);
    return;
  }
  auto text = view_of(got.body.root(), 0);
  if (text.ends_with('\n')) text.pop_back();
  say(text);
}

int watch_nodes(context& at, client& node) {
  live_lines live;
  for (;;) {
    const auto got = node.get("/v1/members");
    if (!got) return complain(got.why());
    if (at.json || !on_terminal()) {
      tell(at, *got);
    } else {
      std::vector<std::string> lines{""};
      for (const char c : view_of(got->body.root(), terminal_extent().columns))
        if (c == '\n')
          lines.emplace_back();
        else
          lines.back() += c;
      lines.pop_back();
      live.draw(lines);
    }
    const auto next = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    if (at.loop.wait([] { return false; }, next) == woken::interrupted) return 130;
  }
}

int nodes_of_hive(context& at, const nodes_wish& wish) {
  auto place = lodging::find(at, wanted_node::running);
  if (!place) return complain(place.why());
  auto& node = (*place)->node();
  if (wish.watch) return watch_nodes(at, node);
  const auto got = ask(node, wish);
  if (!got) return complain(got.why());
  tell(at, *got);
  return 0;
}

} // namespace

void add_nodes(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("nodes", "list the nodes of the hive");
  auto wish = std::make_shared<nodes_wish>();
  command->add_flag("--watch,-w", wish->watch, "show them anew every second");
  command->add_option("--drain", wish->drain, "this node takes no new work of the hive")
      ->type_name("NODE");
  command->add_option("--undrain", wish->undrain, "it takes work again")->type_name("NODE");
  command->add_option("--forget", wish->forget, "strike a node off that is gone")
      ->type_name("NODE");
  command->add_flag("--force", wish->force, "forget without a majority of the members in sight");
  command->callback(
      [&at, wish] { at.run = [wish](context& with) { return nodes_of_hive(with, *wish); }; });
}

} // namespace hive::cli
