#include "apps/hive/text.hpp"
#include "apps/hive/top_view.hpp"
#include "tests/support/catch.hpp"

using namespace hive::cli;

namespace {

constexpr extent small{24, 80};

actor_sight busy_actor(std::uint64_t id, std::uint64_t parent, std::string name, double busy = 0) {
  actor_sight one;
  one.id = id;
  one.parent = parent;
  one.name = std::move(name);
  one.state = "idle";
  one.busy = busy;
  one.age = 65;
  return one;
}

top_data three() {
  top_data data;
  data.node = {"alpha", "0.1.0", "ok",   3723, {{"fetching", 2}, {"queued", 990}},
               3,       12,      1200.0, 24e6};
  data.alive = 3;
  data.actors = {busy_actor(1, 0, "queue", 0.5), busy_actor(2, 1, "job", 0.25),
                 busy_actor(3, 2, "download", 0.75)};
  return data;
}

top_data many(std::size_t count) {
  auto data = three();
  data.actors.clear();
  for (std::uint64_t id = 1; id <= count; ++id) data.actors.push_back(busy_actor(id, 0, "job"));
  return data;
}

top_press letter(char c) {
  return {top_key::letter, c};
}

std::string text_of(const std::vector<top_line>& lines) {
  std::string out;
  for (const auto& line : lines) out += line.text + '\n';
  return out;
}

std::uint64_t chosen_id(const std::vector<top_line>& lines) {
  for (const auto& line : lines)
    if (line.how == ink::chosen) return std::stoull(line.text);
  return 0;
}

} // namespace

TEST_CASE("the screen has the node, its jobs, its rates, and a row for every actor") {
  const auto data = three();
  top_view view;
  const auto lines = paint(data, view, small);
  REQUIRE(lines.size() == 24);
  CHECK(lines[0].text.starts_with("hive alpha  0.1.0  up 1:02:03 "));
  CHECK(lines[0].text.ends_with(" health ok"));
  CHECK(lines[1].text == "jobs 2 fetching, 990 queued; ended: 0 succeeded, 0 failed, 0 cancelled");
  CHECK(lines[2].text == "actors 3  messages 1200/s  in 24.0 MB/s  transfers 3  lanes 12");
  CHECK(lines[3].how == ink::head);
  CHECK(lines[4].text.starts_with("     1 queue "));
  CHECK(lines[5].text.starts_with("     2   job "));
  CHECK(lines[6].text.starts_with("     3     download "));
  CHECK(lines[4].how == ink::chosen);
}

TEST_CASE("every screen has the terminal's rows, none wider than it") {
  const auto size = GENERATE(extent{1, 1}, extent{2, 10}, extent{5, 40}, extent{24, 80},
                             extent{24, 79}, extent{50, 120}, extent{60, 250});
  auto data = many(500);
  data.actors[0].label =
      "a long label with 漢字 in it, which does not fit anywhere at all, or does it";
  data.detail = std::vector<std::string>(200, std::string(300, 'x'));
  top_view view;
  for (const auto mode :
       {top_mode::list, top_mode::detail, top_mode::help, top_mode::filter, top_mode::confirm}) {
    view.mode = mode;
    view.looked_at = mode == top_mode::detail ? 1 : 0;
    const auto lines = paint(data, view, size);
    CHECK(lines.size() == size.rows);
    for (const auto& line : lines) CHECK(columns_of(line.text) <= size.columns);
  }
}

TEST_CASE("wide terminals show more columns") {
  const auto data = three();
  top_view view;
  CHECK(paint(data, view, {24, 80})[3].text.find("P99") == std::string::npos);
  CHECK(paint(data, view, {24, 120})[3].text.find("GROWTH") != std::string::npos);
  CHECK(paint(data, view, {24, 160})[3].text.find("JOB") != std::string::npos);
}

TEST_CASE("keys sort, turn the tree on and off, and ask the node for the same order") {
  struct row {
    char key;
    std::string by;
    std::uint64_t first;
  };
  const auto one = GENERATE(row{'P', "time", 3}, row{'M', "queue", 2}, row{'R', "rate", 1},
                            row{'A', "age", 2}, row{'G', "growth", 3});
  auto data = three();
  data.actors[1].mailbox = 9;
  data.actors[0].rate = 10;
  data.actors[1].oldest = 6;
  data.actors[2].growth = 4;
  top_view view;
  CHECK(wish_of(view).by == "id");
  press(view, letter(one.key), data, small);
  CHECK(wish_of(view).by == one.by);
  CHECK(chosen_id(paint(data, view, small)) == one.first);
  press(view, letter('t'), data, small);
  CHECK(wish_of(view).by == "id");
}

TEST_CASE("the chosen row is always in sight, and keeps its actor when rows come and go") {
  auto data = many(100);
  top_view view;
  struct step {
    top_key key;
    std::uint64_t at;
  };
  for (const auto& [key, at] :
       {step{top_key::down, 2}, step{top_key::up, 1}, step{top_key::up, 1},
        step{top_key::page_down, 19}, step{top_key::page_down, 37}, step{top_key::end, 100},
        step{top_key::down, 100}, step{top_key::page_up, 82}, step{top_key::home, 1}}) {
    press(view, {key}, data, small);
    CHECK(chosen_id(paint(data, view, small)) == at);
  }
  press(view, {top_key::end}, data, small);
  paint(data, view, small);
  data.actors.erase(data.actors.begin(), data.actors.begin() + 50);
  CHECK(chosen_id(paint(data, view, small)) == 100);
  data.actors.pop_back();
  CHECK(chosen_id(paint(data, view, small)) == 51);
}

TEST_CASE("cancel and restart ask first, pause and resume do not") {
  const auto data = three();
  struct row {
    char key;
    std::string action;
    bool asks;
  };
  const auto one = GENERATE(row{'c', "cancel", true}, row{'k', "restart", true},
                            row{'p', "pause", false}, row{'r', "resume", false});
  top_view view;
  press(view, {top_key::down}, data, small);
  auto order = press(view, letter(one.key), data, small);
  if (one.asks) {
    CHECK(order.action.empty());
    CHECK(paint(data, view, small).back().text.starts_with(one.action + " actor 2? y: yes"));
    CHECK(press(view, letter('n'), data, small).action.empty());
    CHECK(view.mode == top_mode::list);
    press(view, letter(one.key), data, small);
    order = press(view, letter('y'), data, small);
  }
  CHECK(order.action == one.action);
  CHECK(order.actor == 2);
}

TEST_CASE("Enter looks at one actor, and Escape goes back to it") {
  auto data = three();
  top_view view;
  press(view, {top_key::down}, data, small);
  press(view, {top_key::enter}, data, small);
  CHECK(view.looked_at == 2);
  CHECK(text_of(paint(data, view, small)).find("asking") != std::string::npos);
  data.detail = {"job 2", "state       fetching"};
  CHECK(text_of(paint(data, view, small)).find("\njob 2\nstate       fetching\n") !=
        std::string::npos);
  CHECK(press(view, letter('p'), data, small).actor == 2);
  CHECK_FALSE(press(view, letter('q'), data, small).quit);
  CHECK(view.looked_at == 0);
  CHECK(chosen_id(paint(data, view, small)) == 2);
  CHECK(press(view, letter('q'), data, small).quit);
}

TEST_CASE("a filter is typed, corrected, taken and taken back") {
  const auto data = three();
  top_view view;
  for (const char c : std::string{"/staex"}) press(view, letter(c), data, small);
  press(view, {top_key::backspace}, data, small);
  press(view, {top_key::backspace}, data, small);
  for (const char c : std::string{"te:fetching"}) press(view, letter(c), data, small);
  CHECK(paint(data, view, small).back().text.starts_with("/state:fetching_"));
  CHECK(wish_of(view).state.empty());
  press(view, {top_key::enter}, data, small);
  CHECK(wish_of(view).state == "fetching");
  press(view, letter('/'), data, small);
  press(view, letter('x'), data, small);
  press(view, {top_key::escape}, data, small);
  CHECK(wish_of(view).state == "fetching");
  press(view, {top_key::escape}, data, small);
  CHECK(wish_of(view).state.empty());
}

TEST_CASE(
    "a node that does not answer is told of over what was there, and an old message is marked") {
  auto data = three();
  data.actors[2].oldest = 5.5;
  data.trouble = "no node answers (for 3 s); asking again";
  top_view view;
  const auto lines = paint(data, view, small);
  CHECK(lines[6].how == ink::alarm);
  CHECK(lines.back() == top_line{data.trouble, ink::alarm});
  CHECK(lines[5].text.starts_with("     2   job "));
}
