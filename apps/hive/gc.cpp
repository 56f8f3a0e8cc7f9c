#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>

namespace hive::cli {
namespace {

struct gc_wish {
  bool dry_run{false};
  bool force{false};
  std::string budget;
};

result<std::string> body_of(const gc_wish& wish) {
  json::object body;
  body["dry_run"] = wish.dry_run;
  body["force"] = wish.force;
  if (!wish.budget.empty()) {
    const auto bytes = parse_bytes(wish.budget);
    if (!bytes)
      return fail(errc::bad_request, "--budget: \"" + wish.budget.substr(0, 32) +
                                         "\" is not a size like 200G or 64MiB");
    body["budget"] = *bytes;
  }
  return json::text(body);
}

std::string name_of(json::node entry) {
  const auto ref = entry["ref"].text();
  if (!ref.empty()) return ref + " at " + entry["revision"].text().substr(0, 12);
  return entry["kind"].text() + " " + entry["id"].text();
}

std::string why(json::node entry) {
  auto reason = entry["reason"].text();
  for (char& c : reason)
    if (c == '_') c = ' ';
  const auto detail = entry["detail"].text();
  return detail.empty() ? reason : reason + ": " + detail;
}

void tell_entries(const char* title, const char* bytes, json::node entries) {
  std::vector<table_row> rows;
  for (const auto& one : entries.elements())
    rows.push_back({name_of(one), format_bytes(one["bytes"].natural().value_or(0)), why(one)});
  if (rows.empty()) return;
  auto text =
      table({{title, false, true}, {bytes, true}, {"WHY"}}, rows, terminal_extent().columns);
  text.pop_back();
  say(text);
}

void tell_report(json::node report, bool dry_run) {
  const auto bytes = [&](const char* name) {
    return format_bytes(report[name].natural().value_or(0));
  };
  tell_entries(dry_run ? "TO BE REMOVED" : "REMOVED", "FREED", report["removed"]);
  tell_entries("KEPT", "SIZE", report["kept"]);
  say((dry_run ? "would free " : "freed ") + bytes("freed") + ", " + bytes("left") +
      (dry_run ? " would be left" : " are left") +
      (report["budget"].is_null() ? "" : " of a budget of " + bytes("budget")));
  if (report["over_budget"].natural().value_or(0) > 0)
    complain("still " + bytes("over_budget") + " above the budget: see what is kept, and why");
}

/// Whether something that should have gone could not be removed.
bool any_failed(json::node report) {
  for (const auto& one : report["kept"].elements())
    if (one["reason"].text() == "failed") return true;
  return false;
}

int collect(context& at, const gc_wish& wish) {
  const auto body = body_of(wish);
  if (!body) return complain(body.why());
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  const auto got = (*place)->node().call("POST", "/v1/gc", *body, std::chrono::hours{1});
  if (!got) return complain(got.why());
  if (at.json)
    say(got->text);
  else
    tell_report(got->body.root(), wish.dry_run);
  (*place)->see_guests_off();
  return any_failed(got->body.root()) ? 1 : 0;
}

} // namespace

void add_gc(CLI::App& app, context& at) {
  auto* command = app.add_subcommand(
      "gc", "free space: old revisions, leftovers, and, above a budget, what was not used longest");
  auto wish = std::make_shared<gc_wish>();
  command->add_flag("--dry-run", wish->dry_run, "only say what would go");
  command->add_flag("--force", wish->force,
                    "also where no more than half of the hive's members are in reach");
  command->add_option("--budget", wish->budget,
                      "bytes that may stay, for example 200G; 0: any number (store_budget)");
  command->callback(
      [&at, wish] { at.run = [wish](context& with) { return collect(with, *wish); }; });
}

} // namespace hive::cli
