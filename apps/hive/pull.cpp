#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/outcome_of_jobs.hpp"
#include "apps/hive/rate.hpp"
#include "apps/hive/watch.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

struct pull_wish {
  std::vector<std::string> refs;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::vector<std::string> mirrors;
  std::vector<std::string> views;
  std::string token;
  std::string max_rate;
  std::string on;
  std::int64_t priority{0};
  bool update{false};
  bool detach{false};
  bool quiet{false};
};

json::array texts(const std::vector<std::string>& from) {
  json::array out;
  for (const auto& one : from) out.emplace_back(one);
  return out;
}

/// A vendor's token of this command's own environment goes to a node of this machine only, and only
/// with jobs for that vendor.
std::string token_for(const reference& what, const pull_wish& wish, const context& at,
                      const client& node) {
  if (!wish.token.empty() || !node.on_loopback()) return wish.token;
  const auto own = [&](std::string_view key, const std::string& value) {
    return at.origin_of(key) == setting_origin::environment ? value : std::string{};
  };
  switch (what.from) {
  case scheme::hf:
  case scheme::space: return own("hub_token", at.config_values().hub_token);
  case scheme::gh: return own("github_token", at.config_values().github_token);
  default: return {};
  }
}

std::string body_of(const reference& what, const pull_wish& wish, std::uint64_t rate,
                    const std::string& token) {
  json::object body;
  body["kind"] = "pull";
  body["ref"] = to_string(what);
  if (!wish.include.empty()) body["include"] = texts(wish.include);
  if (!wish.exclude.empty()) body["exclude"] = texts(wish.exclude);
  body["priority"] = wish.priority;
  body["max_rate"] = rate;
  body["update"] = wish.update;
  if (!wish.views.empty()) body["views"] = texts(wish.views);
  if (!token.empty()) body["token"] = token;
  if (!wish.on.empty()) body["on"] = wish.on;
  return json::text(body);
}

result<std::vector<reference>> parse_all(const pull_wish& wish) {
  std::vector<reference> out;
  for (const auto& text : wish.refs) {
    HIVE_TRY(auto one, parse_reference(text));
    out.push_back(std::move(one));
  }
  if (wish.mirrors.empty()) return out;
  if (out.size() != 1)
    return fail(errc::bad_request, "--mirror belongs to one address, and several are named");
  for (const auto& one : wish.mirrors) HIVE_CHECK(add_mirror(out.front(), one));
  return out;
}

show_as manner(const context& at, const pull_wish& wish) {
  if (at.json) return show_as::json;
  if (wish.quiet) return show_as::nothing;
  return on_terminal() ? show_as::bars : show_as::lines;
}

int leave_running(const context& at, const answer& submitted) {
  if (at.json) say(submitted.text);
  if (at.json) return 0;
  const auto placed = submitted.body.root()["placed"].elements();
  if (placed.empty()) say(submitted.body.root()["id"].text());
  for (const auto& one : placed) say(one["job"].text());
  return 0;
}

/// Follows the job, at whichever nodes it is.
outcome follow(client& node, watch& jobs, json::node submitted, ending& how) {
  const auto placed = submitted["placed"].elements();
  if (placed.empty() && !submitted["id"].text().empty()) jobs.add(submitted);
  std::string own;
  if (!placed.empty()) {
    HIVE_TRY(const auto here, node.get("/v1/node"));
    own = here.body.root()["id"].text();
  }
  for (const auto& one : placed) {
    if (one["node"].text() != own) how.elsewhere[one["job"].text()] = one["name"].text();
    HIVE_TRY(const auto got, node.get("/v1/jobs/" + one["job"].text()));
    jobs.add(got.body.root());
  }
  for (const auto& one : submitted["away"].elements())
    complain("not in reach now, and gets it later: " + one.text());
  return {};
}

int pull(context& at, const pull_wish& wish) {
  const auto refs = parse_all(wish);
  if (!refs) return complain(refs.why());
  for (const auto& text : wish.views)
    if (const auto view = parse_view(text); !view) return complain(view.why());
  std::uint64_t rate = 0;
  if (!wish.max_rate.empty()) {
    const auto read = read_rate("--max-rate", wish.max_rate);
    if (!read) return complain(read.why());
    rate = *read;
  }
  auto place =
      lodging::find(at, wish.detach || !wish.on.empty() ? wanted_node::running : wanted_node::any);
  if (!place) return complain(place.why());
  auto& node = (*place)->node();
  watch jobs{node, manner(at, wish)};
  ending how{at.json, wish.quiet};
  int code = 0;
  for (const auto& what : *refs) {
    const auto got =
        node.call("POST", "/v1/jobs", body_of(what, wish, rate, token_for(what, wish, at, node)));
    if (!got) {
      code = complain(got.why());
    } else if (wish.detach) {
      leave_running(at, *got);
    } else {
      (*place)->mine(got->body.root()["id"].text());
      if (const auto followed = follow(node, jobs, got->body.root(), how); !followed)
        code = complain(followed.why());
    }
  }
  if (jobs.jobs().empty()) return code;
  const int ended = see_through(**place, jobs, how);
  return ended != 0 ? ended : code;
}

} // namespace

void add_pull(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("pull", "get models here: hf:org/repo, hf:org/repo:Q4_K_M, …");
  auto wish = std::make_shared<pull_wish>();
  command->add_option("REF", wish->refs, "what to get")->required();
  command->add_option("--include", wish->include, "only files this pattern fits")
      ->allow_extra_args(false);
  command->add_option("--exclude", wish->exclude, "no files this pattern fits")
      ->allow_extra_args(false);
  command
      ->add_option("--mirror", wish->mirrors, "where the same file is too (of an https:// address)")
      ->allow_extra_args(false);
  command
      ->add_option("--view", wish->views,
                   "also show it to ollama, lmstudio, hf (its cache), or in dir:/a/folder")
      ->allow_extra_args(false);
  command->add_option("--token", wish->token,
                      "the vendor's token for this job, for a registry also USER:PASSWORD");
  command->add_option("--max-rate", wish->max_rate, "bytes a second at most, for example 50M");
  command
      ->add_option("--on", wish->on,
                   "other nodes of the hive: a name, all, k=3, label=gpu; the hive keeps the "
                   "last three, also for nodes that come later")
      ->type_name("NODE");
  command->add_option("--priority", wish->priority, "jobs with more go first (0)");
  command->add_flag("--update", wish->update, "ask the vendor although it is here already");
  command->add_flag("--detach", wish->detach, "leave the job to the running node, print its id");
  command->add_flag("-q,--quiet", wish->quiet, "print nothing but the path in the end");
  command->callback([&at, wish] { at.run = [wish](context& with) { return pull(with, *wish); }; });
}

} // namespace hive::cli
