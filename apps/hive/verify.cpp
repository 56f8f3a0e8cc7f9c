#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/outcome_of_jobs.hpp"
#include "apps/hive/watch.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace hive::cli {
namespace {

struct verify_wish {
  std::vector<std::string> refs;
  bool all{false};
};

/// Each once, in the order named; `code` becomes that of what could not be found.
std::vector<std::string> chosen_ids(client& node, const verify_wish& wish, int& code) {
  std::vector<std::string> ids;
  const auto take = [&](const std::string& id) {
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  };
  if (wish.all) {
    const auto listed = node.each("/v1/artifacts", "artifacts", [&](json::node one) {
      take(one["id"].text());
      return true;
    });
    if (!listed) code = complain(listed.why());
  }
  for (const auto& what : wish.refs) {
    const auto found = artifacts_meant_by(node, what);
    if (!found) code = complain(found.why());
    if (found)
      for (const auto& a : *found) take(a.id);
  }
  return ids;
}

int verify(context& at, const verify_wish& wish) {
  if (wish.all != wish.refs.empty())
    return complain(fail(errc::bad_request, "verify needs either references or --all",
                         "'hive verify hf:org/repo', or 'hive verify --all'"));
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  auto& node = (*place)->node();
  watch jobs{node, at.json ? show_as::json : on_terminal() ? show_as::bars : show_as::lines};
  int code = 0;
  for (const auto& id : chosen_ids(node, wish, code)) {
    const auto got = node.call("POST", "/v1/artifacts/" + id + "/verify");
    if (!got) {
      code = complain(got.why());
      continue;
    }
    (*place)->mine(got->body.root()["id"].text());
    jobs.add(got->body.root());
  }
  if (jobs.jobs().empty()) {
    (*place)->see_guests_off();
    return code;
  }
  const int ended = see_through(**place, jobs, {at.json, false});
  return ended != 0 ? ended : code;
}

} // namespace

void add_verify(CLI::App& app, context& at) {
  auto* command =
      app.add_subcommand("verify", "check what is here byte by byte, and mend what is damaged");
  auto wish = std::make_shared<verify_wish>();
  command->add_option("REF", wish->refs, "references, or ids of 'hive ls'");
  command->add_flag("--all", wish->all, "everything that is here");
  command->callback(
      [&at, wish] { at.run = [wish](context& with) { return verify(with, *wish); }; });
}

} // namespace hive::cli
