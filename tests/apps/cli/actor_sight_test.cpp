#include "apps/hive/actor_sight.hpp"
#include "apps/hive/actor_table.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::cli;

namespace {

actor_sight actor(std::uint64_t id, std::uint64_t parent, std::string name) {
  actor_sight one;
  one.id = id;
  one.parent = parent;
  one.name = std::move(name);
  one.state = "idle";
  return one;
}

std::string order_of(const std::vector<actor_sight>& all) {
  std::string out;
  for (const auto& [which, depth] : tree_of(all))
    out += std::string(depth, '.') + std::to_string(all[which].id) + ' ';
  return out;
}

} // namespace

TEST_CASE("a tree has children behind their parents, by id, and strangers as roots") {
  struct row {
    std::vector<actor_sight> all;
    std::string wanted;
  };
  const auto one = GENERATE(row{{}, ""},
                            row{{actor(9, 2, "job"), actor(1, 0, "node"), actor(5, 1, "shelf"),
                                 actor(2, 1, "queue"), actor(7, 2, "job"), actor(8, 7, "download")},
                                "1 .2 ..7 ...8 ..9 .5 "},
                            row{{actor(7, 2, "job"), actor(8, 7, "download")}, "7 .8 "},
                            row{{actor(3, 3, "own parent"), actor(4, 3, "child")}, "3 .4 "});
  CHECK(order_of(one.all) == one.wanted);
}

TEST_CASE("a deep tree is walked without recursion") {
  std::vector<actor_sight> all;
  for (std::uint64_t id = 1; id <= 100'000; ++id) all.push_back(actor(id, id - 1, "x"));
  CHECK(tree_of(all).back().depth == 99'999);
}

TEST_CASE("actors are printed as a tree, and as a table with what nobody knows as a dash") {
  auto busy = actor(12, 3, "job");
  busy.state = "fetching";
  busy.job = "01HZ";
  busy.label = "hf:org/a";
  busy.mailbox = 4;
  busy.handled = 1200;
  busy.rate = 12.5;
  busy.growth = -2;
  busy.age = 75;
  const std::vector all{actor(3, 0, "queue"), busy};
  CHECK(actor_tree(all, 0) == "ACTOR     STATE     QUEUE  HANDLED  JOB   WORKS AT\n"
                              "queue 3   idle          0        0  -\n"
                              "  job 12  fetching      4     1200  01HZ  hf:org/a\n");
  CHECK(actor_table(all, 0).ends_with(
      "12       3  job    fetching      4       -   12.5     -      -2    -     1200  1m15s  01HZ  "
      "hf:org/a\n"));
}

TEST_CASE("one actor is told in lines: figures, links, what it says, its messages") {
  const auto parsed =
      json::parse(R"({"id":7,"parent":4,"name":"transfer","label":"a\u001bb","job":null,
    "state":"fetching","age_s":75,"mailbox":2,"mailbox_max":9,"handled":40,"slow":1,"restarts":0,
    "last_error":"lane 2: reset","oldest_s":0.25,"handling":{"count":40,"p50_s":0.001,"p99_s":0.016,
    "max_s":0.02},"waiting":null,"rate":12.5,"busy":0.25,"growth":0,"blocks":false,
    "above":[{"id":4,"name":"shelf","label":null},{"id":1,"name":"node","label":null}],"below":[],
    "messages":[{"type":"tick","sender":null,"ago_s":2,"took_s":0.003,"waited_s":0},
                {"type":"bytes_moved","sender":4,"ago_s":1,"took_s":0.001,"waited_s":0}],
    "description":{"pieces":12,"lanes":[{"url":"https://host/x","rate":1.5}]},"undescribed":null})");
  REQUIRE(parsed);
  const auto lines = actor_lines(parsed->root());
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  INFO(text);
  CHECK(lines.front() == "transfer 7");
  for (const auto* part :
       {"works at    a\xef\xbf\xbd"
        "b\n",
        "mailbox     2 now, 9 at most, the oldest for 250ms\n",
        "handled     40 messages, 12.5 a second, busy 25%, 1 of them slow\n",
        "handling    p50 1ms, p99 16ms, most 20ms, of 40 messages\n", "last error  lane 2: reset\n",
        "above       shelf 4 < node 1\n", "pieces                12\n", "lanes (1)\n",
        "  url https://host/x  rate 1.5\n"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(text.find("bytes_moved") < text.find("tick"));
  CHECK(text.find("waiting") == std::string::npos);
}
