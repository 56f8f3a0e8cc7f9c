#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace hive::cli {
namespace {

/// "qwen2, 494 M parameters, Q4_K_M, 32768 tokens": what is known of it; empty for no model.
std::string model_line(json::node model) {
  std::string text;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
  };
  add(model["architecture"].text());
  if (const auto count = model["parameters"].natural()) add(rough_count(*count) + " parameters");
  add(model["quantisation"].text());
  if (const auto tokens = model["context_length"].natural())
    add(std::to_string(*tokens) + " tokens");
  if (model["chat_template"].boolean().value_or(false)) add("chat template");
  return text.empty() ? model["format"].text() : text + " (" + model["format"].text() + ")";
}

/// Empty when every digest was known before the bytes came.
std::string trust_in(json::node a) {
  std::size_t taken = 0;
  const auto files = a["files"].elements();
  for (const auto& file : files) taken += file["first_sight"].boolean().value_or(false) ? 1 : 0;
  if (taken == 0) return {};
  return "of " + std::to_string(taken) + " of " + std::to_string(files.size()) +
         (files.size() == 1 ? " file" : " files") + " recorded at first sight: none was published";
}

void tell_artifact(json::node a) {
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) say(pad_right(name, 12) + printable(value));
  };
  line("name", a["ref"].text());
  line("id", a["id"].text());
  line("revision", a["revision"].text());
  line("asked as", a["requested"].text());
  line("source", a["source"].text());
  line("size", format_bytes(a["bytes"].natural().value_or(0)));
  line("files", std::to_string(a["file_count"].natural().value_or(0)));
  line("digests", trust_in(a));
  line("path", a["path"].text());
  line("here since", a["created_at"].text());
  line("verified", a["verified_at"].text());
  line("last used", a["last_used_at"].text());
  line("pinned", a["pinned"].boolean().value_or(false) ? "yes" : "no");
  line("model", model_line(a["model"]));
  line("flaw", a["model"]["flaw"].text());
  line("memory", a["memory"]["human"].text());
  for (const auto& view : a["views"].elements()) {
    const auto state = view["state"].text();
    line("view", view["view"].text() + " " + view["path"].text() + " (" +
                     (state == "ok" ? view["how"].text() : state) + ")");
    line("", view["detail"].text());
  }
  std::vector<table_row> rows;
  for (const auto& file : a["files"].elements())
    rows.push_back({format_bytes(file["size"].natural().value_or(0)), file["sha256"].text(),
                    file["path"].text()});
  auto text = table({{"SIZE", true}, {"SHA-256"}, {"FILE"}}, rows, 0);
  text.pop_back();
  say("\n" + text);
}

int show(context& at, const std::string& what) {
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  auto& node = (*place)->node();
  const auto found = artifact_for(node, what);
  if (!found) return complain(found.why());
  const auto got = node.get("/v1/artifacts/" + found->id);
  if (!got) return complain(got.why());
  if (at.json) say(got->text);
  if (!at.json) tell_artifact(got->body.root());
  (*place)->see_guests_off();
  return 0;
}

} // namespace

void add_show(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("show", "show one artifact: files, digests, source, path");
  auto what = std::make_shared<std::string>();
  command->add_option("REF", *what, "a reference, or an id of 'hive ls'")->required();
  command->callback([&at, what] { at.run = [what](context& with) { return show(with, *what); }; });
}

} // namespace hive::cli
