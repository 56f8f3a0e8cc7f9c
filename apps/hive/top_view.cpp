#include "apps/hive/top_view.hpp"

#include "apps/hive/figures.hpp"
#include "apps/hive/text.hpp"
#include "core/base/units.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace hive::cli {
namespace {

constexpr std::size_t most_in_tree = 1000;
constexpr std::size_t most_in_list = 200;

/// A column of the list: shown when the terminal is `from` columns wide.
struct figure {
  const char* title;
  std::size_t width;
  std::size_t from;
  std::string (*text)(const actor_sight&);
  bool right{true};
};

std::string growth_text(std::int64_t by) {
  return (by > 0   ? "+"
          : by < 0 ? "-"
                   : "") +
         brief_count(static_cast<std::uint64_t>(by < 0 ? -by : by));
}

constexpr std::array<figure, 10> figures{
    {{"STATE", 10, 0, [](const actor_sight& a) { return a.state; }, false},
     {"QUEUE", 5, 0, [](const actor_sight& a) { return brief_count(a.mailbox); }},
     {"OLDEST", 6, 0, [](const actor_sight& a) { return or_dash(a.oldest, brief_time); }},
     {"MSG/S", 6, 0, [](const actor_sight& a) { return or_dash(a.rate, brief_rate); }},
     {"BUSY", 5, 0, [](const actor_sight& a) { return or_dash(a.busy, brief_share); }},
     {"P99", 6, 100, [](const actor_sight& a) { return or_dash(a.p99, brief_time); }},
     {"HANDLED", 7, 110, [](const actor_sight& a) { return brief_count(a.handled); }},
     {"GROWTH", 6, 118, [](const actor_sight& a) { return or_dash(a.growth, growth_text); }},
     {"AGE", 6, 0, [](const actor_sight& a) { return brief_time(a.age); }},
     {"JOB", 26, 140, [](const actor_sight& a) { return a.job; }, false}}};

/// Of the columns whose width the terminal decides.
struct widths {
  std::size_t actor{0};
  std::size_t subject{0};
};

constexpr std::size_t id_width = 6;

widths widths_of(std::size_t columns) {
  std::size_t fixed = id_width + 1;
  for (const auto& one : figures)
    if (columns >= one.from) fixed += one.width + 1;
  const auto left = columns > fixed + 1 ? columns - fixed - 1 : 0;
  const auto actor = std::clamp<std::size_t>(left / 2, 16, 36);
  return {actor, left > actor + 1 ? left - actor : 0};
}

std::string cell(const std::string& text, std::size_t width, bool right) {
  auto out = clip_end(printable(text), width);
  return right ? pad_left(out, width) : pad_right(std::move(out), width);
}

std::string list_head(const top_view& view, std::size_t columns) {
  const auto room = widths_of(columns);
  auto line = cell("ID", id_width, true) + ' ' + cell("ACTOR", room.actor, false);
  constexpr std::array<std::pair<const char*, const char*>, 5> marked{{{"queue", "QUEUE"},
                                                                       {"age", "OLDEST"},
                                                                       {"rate", "MSG/S"},
                                                                       {"time", "BUSY"},
                                                                       {"growth", "GROWTH"}}};
  for (const auto& one : figures) {
    if (columns < one.from) continue;
    const auto by = std::ranges::find(marked, std::string_view{one.title},
                                      [](const auto& m) { return std::string_view{m.second}; });
    const bool sorted = !view.tree && by != marked.end() && view.by == by->first;
    auto title = std::string{one.title};
    if (sorted && title.size() < one.width) title += '*';
    line += ' ' + cell(title, one.width, one.right);
  }
  return clip_end(line + " WORKS AT", columns);
}

std::string list_row(const actor_sight& one, std::size_t depth, std::size_t columns) {
  const auto room = widths_of(columns);
  auto line =
      cell(std::to_string(one.id), id_width, true) + ' ' +
      cell(std::string(2 * std::min<std::size_t>(depth, 10), ' ') + one.name, room.actor, false);
  for (const auto& column : figures)
    if (columns >= column.from) line += ' ' + cell(column.text(one), column.width, column.right);
  return clip_end(line + ' ' + clip_end(printable(subject_of(one)), room.subject), columns);
}

bool is_alarming(const actor_sight& one) {
  return one.oldest.value_or(0) > 5;
}

std::string left_and_right(const std::string& left, const std::string& right, std::size_t columns) {
  const auto used = columns_of(left) + columns_of(right);
  if (used + 2 > columns) return clip_end(left, columns);
  return left + std::string(columns - used, ' ') + right;
}

std::string jobs_text(const top_node& node) {
  const auto count = [&](const char* state) {
    const auto found = node.jobs.find(state);
    return found == node.jobs.end() ? 0 : found->second;
  };
  std::string out = "jobs ";
  for (const auto* state : {"fetching", "resolving", "committing", "waiting", "paused"})
    if (count(state) > 0) out += std::to_string(count(state)) + ' ' + state + ", ";
  out += std::to_string(count("queued")) + " queued; ended: ";
  return out + std::to_string(count("succeeded")) + " succeeded, " +
         std::to_string(count("failed")) + " failed, " + std::to_string(count("cancelled")) +
         " cancelled";
}

std::string rates_text(const top_data& data) {
  auto out = "actors " + std::to_string(data.alive) + "  messages " +
             or_dash(data.node.message_rate, brief_rate) + "/s  in " +
             or_dash(data.node.byte_rate,
                     [](double rate) { return format_bytes(static_cast<std::uint64_t>(rate)); }) +
             "/s  transfers " + std::to_string(data.node.transfers) + "  lanes " +
             std::to_string(data.node.lanes);
  return out;
}

std::vector<top_line> head_of(const top_data& data, std::size_t columns) {
  const auto& node = data.node;
  const auto who = "hive " + printable(node.name) + "  " + printable(node.version) + "  up " +
                   format_duration(std::chrono::seconds{node.uptime});
  const bool well = node.health == "ok";
  return {{left_and_right(who, "health " + printable(node.health), columns),
           well ? ink::strong : ink::alarm},
          {clip_end(jobs_text(node), columns), ink::plain},
          {clip_end(rates_text(data), columns), ink::plain}};
}

std::string order_text(const top_view& view, const top_data& data) {
  auto out = view.tree ? std::string{"tree"} : "by " + view.by;
  if (!view.filter.empty()) out += ", /" + printable(view.filter);
  if (data.actors.size() >= (view.tree ? most_in_tree : most_in_list))
    out += ", the first " + std::to_string(data.actors.size());
  return out;
}

top_line foot_of(const top_data& data, const top_view& view, std::size_t columns) {
  if (view.mode == top_mode::filter)
    return {clip_end("/" + printable(view.typed) +
                         "_   Enter: only these; Esc: as before; also "
                         "state:WORD job:ID under:ID",
                     columns),
            ink::strong};
  if (view.mode == top_mode::confirm)
    return {clip_end(view.wanted + " actor " +
                         std::to_string(view.looked_at != 0 ? view.looked_at : view.selected) +
                         "? y: yes; any other key: no",
                     columns),
            ink::alarm};
  if (!data.trouble.empty()) return {clip_end(printable(data.trouble), columns), ink::alarm};
  if (!view.note.empty()) return {clip_end(printable(view.note), columns), ink::strong};
  const auto* keys = view.mode == top_mode::detail
                         ? "Esc back  arrows move  c cancel  p pause  r resume  k restart"
                         : "q quit  ? help  t tree  / filter  Enter look  c cancel";
  return {left_and_right(keys, order_text(view, data), columns), ink::faint};
}

constexpr std::array<const char*, 19> help{{
    "hive top shows the actors of a node, once a second.",
    "",
    "  arrows PgUp PgDn Home End   move",
    "  Enter                       look at one actor; Esc goes back",
    "  t                           tree, or a list of the greatest",
    "  P M R A G                   sort by busy time, queue, messages per second,",
    "                              age of the oldest message, growth of the queue",
    "  /                           filter: part of a name, state:WORD, job:ID, under:ID;",
    "                              Esc in the list takes it back",
    "  c                           cancel its job or transfer; what has come is kept",
    "  p r                         pause its job, let it go on",
    "  k                           restart it, as after a crash",
    "  q                           quit",
    "",
    "QUEUE   messages that wait, the one in hand included",
    "OLDEST  how long the oldest of them has waited; over 5 s is marked",
    "MSG/S BUSY GROWTH           over the last 2 s; - is unknown yet",
    "",
    "any key goes back",
}};

void add_rows(std::vector<top_line>& into, const top_data& data, top_view& view, extent size,
              std::size_t room) {
  const auto rows = rows_of(data, view);
  std::size_t chosen = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (data.actors[rows[i].which].id == view.selected) chosen = i;
  view.first = std::min(view.first, chosen);
  if (room > 0 && chosen >= view.first + room) view.first = chosen - room + 1;
  if (rows.size() <= room) view.first = 0;
  for (std::size_t i = 0; i < room && view.first + i < rows.size(); ++i) {
    const auto at = view.first + i;
    const auto& one = data.actors[rows[at].which];
    auto text = list_row(one, rows[at].depth, size.columns);
    if (at == chosen)
      into.push_back({pad_right(std::move(text), size.columns), ink::chosen});
    else
      into.push_back({std::move(text), is_alarming(one) ? ink::alarm : ink::plain});
  }
  if (rows.empty() && room > 0)
    into.push_back({clip_end(view.filter.empty() ? "  nothing has come yet"
                                                 : "  no actor is like " + printable(view.filter),
                             size.columns),
                    ink::faint});
}

void add_detail(std::vector<top_line>& into, const top_data& data, top_view& view, extent size,
                std::size_t room) {
  const auto most = data.detail.size() > room ? data.detail.size() - room : 0;
  view.first = std::min(view.first, most);
  for (std::size_t i = 0; i < room && view.first + i < data.detail.size(); ++i)
    into.push_back({clip_end(data.detail[view.first + i], size.columns),
                    view.first + i == 0 ? ink::strong : ink::plain});
  if (data.detail.empty() && room > 0) into.push_back({"  asking", ink::faint});
}

} // namespace

actor_wish wish_of(const top_view& view) {
  actor_wish out;
  read_filter(view.filter, out);
  out.by = view.tree ? "id" : view.by;
  out.limit = view.tree ? most_in_tree : most_in_list;
  return out;
}

std::vector<actor_place> rows_of(const top_data& data, const top_view& view) {
  if (view.tree) return tree_of(data.actors);
  std::vector<actor_place> out(data.actors.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i].which = i;
  const auto key = [&](const actor_place& row) {
    const auto& one = data.actors[row.which];
    if (view.by == "queue") return static_cast<double>(one.mailbox);
    if (view.by == "age") return one.oldest.value_or(0);
    if (view.by == "rate") return one.rate.value_or(-1);
    if (view.by == "growth") return static_cast<double>(one.growth.value_or(0));
    return one.busy.value_or(-1);
  };
  std::ranges::stable_sort(out, std::greater<>{}, key);
  return out;
}

std::vector<top_line> paint(const top_data& data, top_view& view, extent size) {
  std::vector<top_line> out;
  const bool is_list = view.looked_at == 0 && view.mode != top_mode::help;
  if (view.mode == top_mode::help) {
    for (const auto* line : help) out.push_back({clip_end(line, size.columns), ink::plain});
  } else {
    out = head_of(data, size.columns);
    out.push_back({is_list ? pad_right(list_head(view, size.columns), size.columns)
                           : std::string(size.columns, ' '),
                   ink::head});
  }
  if (out.size() + 1 > size.rows) out.resize(size.rows > 0 ? size.rows - 1 : 0);
  const auto room = size.rows > out.size() + 1 ? size.rows - out.size() - 1 : 0;
  if (is_list) add_rows(out, data, view, size, room);
  if (view.looked_at != 0 && view.mode != top_mode::help) add_detail(out, data, view, size, room);
  if (size.rows == 0) return {};
  out.resize(size.rows - 1);
  out.push_back(foot_of(data, view, size.columns));
  return out;
}

} // namespace hive::cli
