#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/outcome_of_jobs.hpp"
#include "apps/hive/watch.hpp"
#include "core/artifact/reference.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>

namespace hive::cli {
namespace {

struct import_wish {
  std::string path;
  std::string as;
};

result<std::string> body_of(const import_wish& wish) {
  std::error_code error;
  auto where = std::filesystem::absolute(wish.path, error).lexically_normal();
  if (where.has_relative_path() && where.filename().empty()) where = where.parent_path();
  if (error || !std::filesystem::exists(where, error))
    return fail(errc::not_found, where.string() + " does not exist",
                "check the spelling of the path");
  reference what;
  what.from = scheme::file;
  what.name = where.string();
  json::object body;
  body["kind"] = "import";
  body["ref"] = to_string(what);
  if (!wish.as.empty()) {
    HIVE_TRY(const auto as, parse_reference(wish.as));
    body["as"] = to_string(as);
  }
  return json::text(body);
}

int import(context& at, const import_wish& wish) {
  const auto body = body_of(wish);
  if (!body) return complain(body.why());
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  auto& node = (*place)->node();
  const auto got = node.call("POST", "/v1/jobs", *body);
  if (!got) return complain(got.why());
  (*place)->mine(got->body.root()["id"].text());
  const auto manner = on_terminal() ? show_as::bars : show_as::lines;
  watch jobs{node, at.json ? show_as::json : manner};
  jobs.add(got->body.root());
  return see_through(**place, jobs, {at.json, false});
}

} // namespace

void add_import(CLI::App& app, context& at) {
  auto* command =
      app.add_subcommand("import", "take a file or folder of this machine into the catalog");
  auto wish = std::make_shared<import_wish>();
  command->add_option("PATH", wish->path, "file or folder")->required();
  command->add_option("--as", wish->as, "the reference to find it under, for example hf:org/repo");
  command->callback(
      [&at, wish] { at.run = [wish](context& with) { return import(with, *wish); }; });
}

} // namespace hive::cli
