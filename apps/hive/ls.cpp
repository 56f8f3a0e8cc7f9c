#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/pick.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <utility>

namespace hive::cli {
namespace {

std::string age_of(const std::string& time) {
  const auto when = parse_time(time);
  if (!when) return {};
  return rough_age(std::chrono::duration_cast<std::chrono::seconds>(wall_now() - *when));
}

std::string name_of(const artifact_sight& a, const std::string& newest) {
  std::string views;
  for (const auto& view : a.views)
    if (view.state != "ok") views += " (" + view.view + " view " + view.state + ")";
  return a.ref + (a.pinned ? " (pinned)" : "") + (a.damaged ? " (damaged)" : "") + views +
         (newest.empty() || newest == a.revision ? "" : " (newer: " + newest.substr(0, 12) + ")");
}

/// The newest revision of each branch or tag, asked once.
class newest_revisions {
 public:
  explicit newest_revisions(client& node) : node_(node) {}

  /// Empty when `a` was asked for by its commit, and when its source would not say: that is told,
  /// once.
  std::string of(const artifact_sight& a) {
    if (a.requested.empty()) return {};
    const auto [known, fresh] = known_.try_emplace({a.source, a.requested});
    if (fresh) known->second = ask(a);
    return known->second;
  }
  int code() const noexcept { return code_; }

 private:
  std::string ask(const artifact_sight& a) {
    const auto got = node_.call("POST", "/v1/artifacts/" + a.id + "/check", {}, answer_limit);
    if (got) return got->body.root()["newest"].text();
    auto why = got.why();
    why.detail = a.source + ": " + why.detail;
    code_ = complain(why);
    return {};
  }

  static constexpr std::chrono::seconds answer_limit{75};
  client& node_;
  std::map<std::pair<std::string, std::string>, std::string> known_; ///< by source and branch
  int code_{0};
};

int as_json(client& node, newest_revisions* newest) {
  json::array all;
  const auto listed = node.each("/v1/artifacts", "artifacts", [&](json::node one) {
    auto item = one.copy();
    if (newest != nullptr) {
      const auto revision = newest->of(read_artifact(one));
      item.as_object()["newest"] = revision.empty() ? json::value{} : json::value(revision);
    }
    all.push_back(std::move(item));
    return true;
  });
  if (!listed) return complain(listed.why());
  json::object out;
  out["artifacts"] = std::move(all);
  out["next_cursor"] = nullptr;
  say(json::text(out));
  return 0;
}

int as_table(client& node, newest_revisions* newest) {
  std::vector<table_row> rows;
  std::uint64_t bytes = 0;
  const auto listed = node.each("/v1/artifacts", "artifacts", [&](json::node one) {
    const auto a = read_artifact(one);
    bytes += a.bytes;
    rows.push_back({name_of(a, newest != nullptr ? newest->of(a) : ""), a.revision.substr(0, 12),
                    format_bytes(a.bytes), std::to_string(a.file_count), age_of(a.created),
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

int list(context& at, bool check) {
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  newest_revisions newest{(*place)->node()};
  auto* const asked = check ? &newest : nullptr;
  const int code = at.json ? as_json((*place)->node(), asked) : as_table((*place)->node(), asked);
  (*place)->see_guests_off();
  return code != 0 ? code : newest.code();
}

} // namespace

void add_ls(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("ls", "list what is here");
  auto check = std::make_shared<bool>(false);
  command->add_flag("--check", *check, "ask each source whether a branch or tag has moved on");
  command->callback(
      [&at, check] { at.run = [check](context& with) { return list(with, *check); }; });
}

} // namespace hive::cli
