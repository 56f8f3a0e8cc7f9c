#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/pick.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

namespace hive::cli {
namespace {

std::string age_of(const std::string& time) {
  const auto when = parse_time(time);
  if (!when) return {};
  return rough_age(std::chrono::duration_cast<std::chrono::seconds>(wall_now() - *when));
}

std::string name_of(const artifact_sight& a) {
  return a.ref + (a.pinned ? " (pinned)" : "") + (a.damaged ? " (damaged)" : "");
}

int as_json(client& node) {
  json::array all;
  const auto listed = node.each("/v1/artifacts", "artifacts", [&](json::node one) {
    all.push_back(one.copy());
    return true;
  });
  if (!listed) return complain(listed.why());
  json::object out;
  out["artifacts"] = std::move(all);
  out["next_cursor"] = nullptr;
  say(json::text(out));
  return 0;
}

int as_table(client& node) {
  std::vector<table_row> rows;
  std::uint64_t bytes = 0;
  const auto listed = node.each("/v1/artifacts", "artifacts", [&](json::node one) {
    const auto a = read_artifact(one);
    bytes += a.bytes;
    rows.push_back({name_of(a), a.revision.substr(0, 12), format_bytes(a.bytes),
                    std::to_string(a.file_count), age_of(a.created),
                    a.used.empty() ? "-" : age_of(a.used), a.id});
    return true;
  });
  if (!listed) return complain(listed.why());
  if (rows.empty()) {
    complain("nothing is here yet; 'hive pull hf:org/repo' gets a model");
    return 0;
  }
  auto text = table({{"NAME", false, true},
                     {"REVISION"},
                     {"SIZE", true},
                     {"FILES", true},
                     {"AGE", true},
                     {"USED", true},
                     {"ID"}},
                    rows, terminal_extent().columns);
  text.pop_back();
  say(text);
  return 0;
}

int list(context& at) {
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  const int code = at.json ? as_json((*place)->node()) : as_table((*place)->node());
  (*place)->see_guests_off();
  return code;
}

} // namespace

void add_ls(CLI::App& app, context& at) {
  app.add_subcommand("ls", "list what is here")->callback([&at] { at.run = list; });
}

} // namespace hive::cli
