#include "apps/hive/context.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/rate.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/table.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/ascii.hpp"
#include "core/limits/limit.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <memory>

namespace hive::cli {
namespace {

/// What was typed after each flag, by limits::limit; empty: nothing.
using limits_wish = std::array<std::string, limits::limit_count>;

constexpr std::array<const char*, limits::limit_count> flags{"--download", "--upload", "--max-jobs",
                                                             "--max-lanes"};

result<json::value> read_count(const std::string& flag, const std::string& text) {
  const auto value = ascii::number(text);
  if (!value)
    return fail(errc::bad_request, flag + ": \"" + text.substr(0, 32) + "\" is not a whole number");
  return json::value(*value);
}

/// The body of the change; empty when nothing is to be changed.
result<json::object> body_of(const limits_wish& wish) {
  json::object body;
  for (const auto& row : limits::limit_table()) {
    const auto at = static_cast<std::size_t>(row.what);
    const auto& text = wish[at];
    if (text.empty()) continue;
    if (text == "default") {
      body[row.name] = nullptr;
    } else if (row.rate) {
      HIVE_TRY(const auto rate, read_rate(flags[at], text));
      body[row.name] = rate;
    } else {
      HIVE_TRY(body[row.name], read_count(flags[at], text));
    }
  }
  return body;
}

std::string origin_text(json::node origin) {
  const auto from = origin["from"].text();
  const auto source = origin["source"].text();
  if (from == "set") return "set by hand; 'default' takes it back";
  return source.empty() || source == from ? from : from + ": " + source;
}

std::string rate_text(json::node rate) {
  return rate.is_null() ? "-"
                        : limits::shown(limits::row_of(limits::limit::download_rate),
                                        rate.natural().value_or(0));
}

void tell_limits(json::node now) {
  std::vector<table_row> rows;
  for (const auto& row : limits::limit_table())
    rows.push_back({std::string{row.name}, limits::shown(row, now[row.name].natural().value_or(0)),
                    origin_text(now["origins"][row.name])});
  auto text = table({{"LIMIT"}, {"IN FORCE"}, {"FROM", false, true}}, rows, 0);
  std::vector<table_row> hours;
  for (const auto& one : now["schedule"].elements()) {
    std::string days;
    for (const auto& day : one["days"].elements()) days += (days.empty() ? "" : " ") + day.text();
    hours.push_back({one["from"].text() + "-" + one["to"].text(), days,
                     rate_text(one["download_rate"]), rate_text(one["upload_rate"]),
                     one["open"].boolean().value_or(false) ? "now" : ""});
  }
  if (!hours.empty())
    text += "\n" + table({{"HOURS"}, {"DAYS"}, {"DOWNLOAD"}, {"UPLOAD"}, {"OPEN"}}, hours, 0);
  text.pop_back();
  say(text);
}

int limits_of_node(context& at, const limits_wish& wish) {
  const auto body = body_of(wish);
  if (!body) return complain(body.why());
  auto place = lodging::find(at, wanted_node::running);
  if (!place) return complain(place.why());
  auto& node = (*place)->node();
  const auto got =
      body->empty() ? node.get("/v1/limits") : node.call("PATCH", "/v1/limits", json::text(*body));
  if (!got) return complain(got.why());
  if (at.json)
    say(got->text);
  else
    tell_limits(got->body.root());
  return 0;
}

} // namespace

void add_limits(CLI::App& app, context& at) {
  auto* command =
      app.add_subcommand("limits", "show or change what the running node may use, live and kept");
  auto wish = std::make_shared<limits_wish>();
  const std::array<const char*, limits::limit_count> help{
      "bytes a second, all downloads together, for example 50M; 0: no limit",
      "bytes a second of what it serves, for example 20M; 0: no limit",
      "jobs at once; running ones go on when it is lowered",
      "connections of all downloads together"};
  for (std::size_t i = 0; i < wish->size(); ++i)
    command->add_option(flags[i], (*wish)[i], help[i])->type_name("N|default");
  command->callback(
      [&at, wish] { at.run = [wish](context& with) { return limits_of_node(with, *wish); }; });
}

} // namespace hive::cli
