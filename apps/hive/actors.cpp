#include "apps/hive/actor_table.hpp"
#include "apps/hive/actor_wish.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/base/percent.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace hive::cli {
namespace {

using namespace std::chrono_literals;

int with_node(context& at, const std::function<int(client&)>& what) {
  auto place = lodging::find(at, wanted_node::running);
  return place ? what((*place)->node()) : complain(place.why());
}

struct list_wish {
  actor_wish actors;
  bool table{false};
  bool watch{false};
};

/// The whole list as one answer of the API.
struct listing {
  json::object whole;
  std::vector<actor_sight> actors;
};

result<listing> fetch(client& node, const actor_wish& wish) {
  listing out;
  json::array items;
  std::string cursor;
  do {
    const auto path = path_of(wish) + (cursor.empty() ? "" : "&cursor=" + percent_encode(cursor));
    HIVE_TRY(const auto page, node.get(path));
    const auto root = page.body.root();
    for (const auto& one : root["actors"].elements()) {
      items.push_back(one.copy());
      out.actors.push_back(read_actor(one));
    }
    out.whole["alive"] = root["alive"].copy();
    out.whole["window_s"] = root["window_s"].copy();
    cursor = wish.by == "id" ? root["next_cursor"].text() : std::string{};
  } while (!cursor.empty());
  out.whole["actors"] = std::move(items);
  out.whole["next_cursor"] = nullptr;
  return out;
}

std::string shown(const listing& all, bool as_table) {
  if (all.actors.empty()) return "no actor is like that\n";
  const auto columns = terminal_extent().columns;
  return as_table ? actor_table(all.actors, columns) : actor_tree(all.actors, columns);
}

/// Of so many rows of a terminal as there are.
std::vector<std::string> first_lines(const std::string& text) {
  const auto size = terminal_extent();
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size() && out.size() + 1 < size.rows;) {
    const auto end = text.find('\n', at);
    out.push_back(clip_end(text.substr(at, end - at), size.columns));
    at = end + 1;
  }
  return out;
}

int follow(client& node, const list_wish& wish, bool as_json) {
  live_lines screen;
  const bool draws = !as_json && on_terminal();
  for (;;) {
    const auto until = std::chrono::steady_clock::now() + 1s;
    const auto all = fetch(node, wish.actors);
    if (!all) {
      screen.clear();
      return complain(all.why());
    }
    if (draws)
      screen.draw(first_lines(shown(*all, wish.table)));
    else if (!say(as_json ? json::text(all->whole) : shown(*all, wish.table)))
      return 0;
    if (node.loop().wait([] { return false; }, until) == woken::interrupted)
      return info(errc::cancelled).exit_code;
  }
}

int list(client& node, const list_wish& wish, bool as_json) {
  if (wish.watch) return follow(node, wish, as_json);
  const auto all = fetch(node, wish.actors);
  if (!all) return complain(all.why());
  if (as_json) {
    say(json::text(all->whole));
    return 0;
  }
  auto text = shown(*all, wish.table);
  text.pop_back();
  say(text);
  return 0;
}

std::string actor_path(const std::string& id) {
  return "/v1/actors/" + percent_encode(id);
}

int show(client& node, const std::string& id, bool as_json) {
  const auto got = node.get(actor_path(id));
  if (!got) return complain(got.why());
  if (as_json) {
    say(got->text);
    return 0;
  }
  for (const auto& line : actor_lines(got->body.root())) say(line);
  return 0;
}

int act(client& node, const std::vector<std::string>& ids, const std::string& what, bool as_json) {
  int code = 0;
  for (const auto& id : ids) {
    const auto got = node.call("POST", actor_path(id) + "/" + what);
    if (!got) code = complain(got.why());
    if (got) say(as_json ? got->text : printable(got->body.root()["human"].text()));
  }
  return code;
}

struct trace_wish {
  std::string under;
  std::uint64_t seconds{5};
  std::uint64_t messages{20'000};
  std::string file;
};

int trace(client& node, const trace_wish& wish) {
  auto path = "/v1/actors/trace?seconds=" + std::to_string(wish.seconds) +
              "&messages=" + std::to_string(wish.messages);
  if (!wish.under.empty()) path += "&under=" + percent_encode(wish.under);
  const auto got = node.call("GET", path, {}, std::chrono::seconds{wish.seconds + 30});
  if (!got) return complain(got.why());
  std::ofstream file{wish.file, std::ios::binary | std::ios::trunc};
  file << got->text << '\n';
  file.close();
  if (!file)
    return complain(fail(errc::disk_failed, "cannot write " + wish.file,
                         "name a file in a folder you may write to"));
  std::uint64_t count = 0;
  for (const auto& one : got->body.root()["traceEvents"].elements())
    count += one["ph"].string() == "X" ? 1 : 0;
  say(std::to_string(count) + " messages in " + printable(wish.file) +
      "; ui.perfetto.dev and chrome://tracing open it");
  return 0;
}

void add_filters(CLI::App& command, const std::shared_ptr<list_wish>& wish) {
  auto& asked = wish->actors;
  command.add_flag("--table", wish->table, "one line each with all figures, instead of the tree");
  command.add_option("--top", asked.limit, "only so many: the first by --by, as a table")
      ->check(CLI::Range(1, 1000));
  command.add_option("--by", asked.by, "queue, age, rate, time or growth: the greatest first");
  command.add_option("--window", asked.window,
                     "what rate, busy and growth are of, at most 10s (2s)");
  command.add_option("--name", asked.name, "only those with this in name or label");
  command.add_option("--job", asked.job, "only those that work for this job");
  command.add_option("--state", asked.state, "only those in this state");
  command.add_option("--under", asked.under, "only this actor, by its id, and those below it");
  command.add_option("--node", asked.node,
                     "those of another node of the hive, by its name; a URL: of the node there");
  command.add_flag("--watch", wish->watch, "show it anew every second, until Ctrl-C");
}

void add_show_one(CLI::App& actors, context& at) {
  auto* command = actors.add_subcommand("show", "one actor: figures, links, last messages, state");
  auto id = std::make_shared<std::string>();
  command->add_option("ID", *id, "the actor")->required();
  command->callback([&at, id] {
    at.run = [id](context& with) {
      return with_node(with, [&](client& node) { return show(node, *id, with.json); });
    };
  });
}

void add_actions(CLI::App& actors, context& at) {
  constexpr std::pair<const char*, const char*> actions[] = {
      {"cancel", "cancel the jobs they work for, or the transfers they are; bytes are kept"},
      {"pause", "pause the jobs they work for"},
      {"resume", "let those jobs go on"},
      {"restart", "end them as if they had crashed"}};
  for (const auto& [name, help] : actions) {
    auto* command = actors.add_subcommand(name, help);
    auto ids = std::make_shared<std::vector<std::string>>();
    command->add_option("ID", *ids, "actors")->required();
    command->callback([&at, ids, what = std::string{name}] {
      at.run = [ids, what](context& with) {
        return with_node(with, [&](client& node) { return act(node, *ids, what, with.json); });
      };
    });
  }
}

void add_trace(CLI::App& actors, context& at) {
  auto* command = actors.add_subcommand("trace", "write what actors handle to a file for Perfetto");
  auto wish = std::make_shared<trace_wish>();
  command->add_option("--under", wish->under, "only this actor, by its id, and those below it");
  command->add_option("--seconds", wish->seconds, "how long (5)")->check(CLI::Range(1, 60));
  command->add_option("--messages", wish->messages, "at most so many (20000)")
      ->check(CLI::Range(1, 200'000));
  command->add_option("-o,--output", wish->file, "the file")->required();
  command->callback([&at, wish] {
    at.run = [wish](context& with) {
      return with_node(with, [&](client& node) { return trace(node, *wish); });
    };
  });
}

} // namespace

void add_actors(CLI::App& app, context& at) {
  auto* command = app.add_subcommand(
      "actors", "list, show, trace, cancel, pause, resume and restart the actors of the node");
  command->require_subcommand(0, 1);
  auto wish = std::make_shared<list_wish>();
  add_filters(*command, wish);
  add_show_one(*command, at);
  add_actions(*command, at);
  add_trace(*command, at);
  command->callback([&at, wish] {
    if (at.run) return; // of a command below
    auto& asked = wish->actors;
    if (asked.node.find("://") != std::string::npos)
      at.flags["node"] = std::exchange(asked.node, {});
    if (asked.limit > 0 && asked.by == "id") asked.by = "queue";
    if (asked.limit == 0) asked.limit = 1000;
    wish->table = wish->table || asked.by != "id";
    at.run = [wish](context& with) {
      return with_node(with, [&](client& node) { return list(node, *wish, with.json); });
    };
  });
}

} // namespace hive::cli
