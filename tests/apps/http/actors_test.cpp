#include "apps/http/actor_routes.hpp"
#include "apps/http/actor_view.hpp"
#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::http::test;
using namespace std::chrono_literals;
using http::actor_detail;

namespace {

const headers as_events{{"Accept", "text/event-stream"}};

actor_detail a_transfer(std::uint64_t id) {
  actor_detail one;
  one.facts.id = id;
  one.facts.parent = 4;
  one.facts.name = "transfer";
  one.facts.label = "model.gguf";
  one.facts.job.value = "01HZX0000000000000000000AA";
  one.facts.state = "fetching";
  one.facts.age = 1500ms;
  one.facts.depth = 2;
  one.facts.most_depth = 9;
  one.facts.handled = 40;
  one.above = {{4, "shelf", ""}, {1, "node", ""}};
  one.unsaid = "it says nothing of itself";
  return one;
}

} // namespace

TEST_CASE("actors are listed with what is known of them, and null where nobody watched") {
  fake_node node;
  node.put_actor(a_transfer(7));
  const auto door = open_door(node);
  const auto got = ask(door->url(), "GET", "/v1/actors");
  REQUIRE(got.status == 200);
  const auto body = got.json();
  CHECK(body.root()["alive"].natural() == 1u);
  CHECK(body.root()["next_cursor"].is_null());
  CHECK(body.root()["window_s"].is_null());
  const auto actors = body.root()["actors"].elements();
  REQUIRE(actors.size() == 1);
  const auto one = actors[0];
  CHECK(one["id"].natural() == 7u);
  CHECK(one["parent"].natural() == 4u);
  CHECK(one["name"].string() == "transfer");
  CHECK(one["label"].string() == "model.gguf");
  CHECK(one["job"].string() == "01HZX0000000000000000000AA");
  CHECK(one["state"].string() == "fetching");
  CHECK(one["age_s"].number() == 1.5);
  CHECK(one["mailbox"].natural() == 2u);
  CHECK(one["mailbox_max"].natural() == 9u);
  CHECK(one["handled"].natural() == 40u);
  for (const auto* unknown :
       {"oldest_s", "handling", "waiting", "rate", "busy", "growth", "last_error"}) {
    INFO(unknown);
    CHECK(one[unknown].is_null());
  }
}

TEST_CASE("what was watched is told in seconds, messages per second and shares") {
  auto seen = a_transfer(7);
  seen.facts.oldest = 250ms;
  seen.facts.handling = latency_summary{40, 80ms, 1ms, 16ms, 20ms};
  seen.facts.rate = 12.5;
  seen.facts.busy = 0.25;
  seen.facts.growth = -3;
  fake_node node;
  node.put_actor(seen);
  const auto door = open_door(node);
  const auto body = ask(door->url(), "GET", "/v1/actors?window=2s").json();
  CHECK(body.root()["window_s"].number() == 2.0);
  const auto one = body.root()["actors"].elements().at(0);
  CHECK(one["oldest_s"].number() == 0.25);
  CHECK(one["handling"]["count"].natural() == 40u);
  CHECK(one["handling"]["total_s"].number() == 0.08);
  CHECK(one["handling"]["p99_s"].number() == 0.016);
  CHECK(one["rate"].number() == 12.5);
  CHECK(one["busy"].number() == 0.25);
  CHECK(one["growth"].integer() == -3);
}

TEST_CASE("a list of actors is asked as the parameters say, page by page") {
  fake_node node;
  for (std::uint64_t id = 1; id <= 5; ++id) node.put_actor(a_transfer(id));
  const auto door = open_door(node);
  const auto first = ask(door->url(), "GET", "/v1/actors?limit=2").json();
  CHECK(first.root()["next_cursor"].string() == "2");
  const auto second = ask(door->url(), "GET", "/v1/actors?limit=2&cursor=2").json();
  CHECK(second.root()["actors"].elements().at(0)["id"].natural() == 3u);
  CHECK(ask(door->url(), "GET",
            "/v1/actors?name=trans%66er&job=01hz&state=fetching&under=3&by=queue&limit=20"
            "&window=1500ms")
            .status == 200);
  const auto asked = node.last_query();
  CHECK(asked.name == "transfer");
  CHECK(asked.job == "01HZ");
  CHECK(asked.state == "fetching");
  CHECK(asked.under == 3);
  CHECK(asked.by == actors::actor_order::queue);
  CHECK(asked.limit == 20);
  CHECK(asked.window == 1500ms);
}

TEST_CASE("a wrong parameter is refused by its name") {
  struct row {
    std::string target;
    std::string field;
  };
  const auto bad = GENERATE(
      row{"/v1/actors?by=size", "by"}, row{"/v1/actors?by=", "by"},
      row{"/v1/actors?limit=0", "limit"}, row{"/v1/actors?limit=1001", "limit"},
      row{"/v1/actors?limit=ten", "limit"}, row{"/v1/actors?under=0", "under"},
      row{"/v1/actors?under=-1", "under"}, row{"/v1/actors?cursor=x", "cursor"},
      row{"/v1/actors?cursor=4&by=queue", "cursor"}, row{"/v1/actors?window=11s", "window"},
      row{"/v1/actors?window=2m", "window"}, row{"/v1/actors?window=-1s", "window"},
      row{"/v1/actors?window=99999999999999999999s", "window"},
      row{"/v1/actors?job=01HZX0000000000000000000AAA", "job"},
      row{"/v1/actors?interval=249ms", "interval"}, row{"/v1/actors?interval=61s", "interval"},
      row{"/v1/actors/trace?seconds=0", "seconds"}, row{"/v1/actors/trace?seconds=61", "seconds"},
      row{"/v1/actors/trace?messages=0", "messages"},
      row{"/v1/actors/trace?messages=200001", "messages"},
      row{"/v1/actors/trace?under=all", "under"});
  fake_node node;
  const auto door = open_door(node);
  const auto got = ask(door->url(), "GET", bad.target);
  INFO(bad.target << " -> " << got.body);
  CHECK(got.status == 400);
  CHECK(got.problem_code() == "bad_request");
  CHECK(got.json().root()["field"].string() == bad.field);
  CHECK(got.json().root()["detail"].string()->starts_with(bad.field + ": "));
}

TEST_CASE("one actor is shown with its links, its messages and what it says of itself") {
  auto whole = a_transfer(7);
  whole.below = {{9, "lane", ""}};
  whole.messages = {{"hive::actors::tick", 0, 2s, 3ms, 1ms}};
  whole.self.emplace();
  actors::description lane;
  lane.add("url", "https://host/x").add("rate", 1.5);
  whole.self->add("pieces", 12).add("stalled", true).add("behind", -4);
  whole.self->add("lanes", std::vector{lane, actors::description{}}).add("why", "slow");
  whole.unsaid.clear();
  fake_node node;
  node.put_actor(whole);
  const auto door = open_door(node);
  const auto body = ask(door->url(), "GET", "/v1/actors/7").json();
  const auto one = body.root();
  CHECK(one["id"].natural() == 7u);
  CHECK(one["above"].elements().size() == 2);
  CHECK(one["above"].elements()[1]["name"].string() == "node");
  CHECK(one["above"].elements()[1]["label"].is_null());
  CHECK(one["below"].elements()[0]["id"].natural() == 9u);
  const auto message = one["messages"].elements().at(0);
  CHECK(message["type"].string() == "tick");
  CHECK(message["sender"].is_null());
  CHECK(message["took_s"].number() == 0.003);
  const auto said = one["description"];
  CHECK(said["pieces"].natural() == 12u);
  CHECK(said["stalled"].boolean() == true);
  CHECK(said["behind"].integer() == -4);
  CHECK(said["why"].string() == "slow");
  REQUIRE(said["lanes"].elements().size() == 2);
  CHECK(said["lanes"].elements()[0]["url"].string() == "https://host/x");
  CHECK(said["lanes"].elements()[0]["rate"].number() == 1.5);
  CHECK(said["lanes"].elements()[1].members().empty());
  CHECK(one["undescribed"].is_null());
}

TEST_CASE("an actor that says nothing has a reason, and one that is not there is 404") {
  fake_node node;
  node.put_actor(a_transfer(7));
  const auto door = open_door(node);
  const auto body = ask(door->url(), "GET", "/v1/actors/7").json();
  CHECK(body.root()["description"].is_null());
  CHECK(body.root()["undescribed"].string() == "it says nothing of itself");
  for (const auto* target : {"/v1/actors/8", "/v1/actors/seven", "/v1/actors/7/dance"}) {
    const auto got =
        ask(door->url(), std::string_view{target}.ends_with("dance") ? "POST" : "GET", target);
    INFO(target);
    CHECK(got.status == 404);
    CHECK(got.problem_code() == "not_found");
  }
}

TEST_CASE("an action names who asks, and takes a body only where there is something to say") {
  fake_node node;
  node.put_actor(a_transfer(7));
  const auto door = open_door(node);
  const auto done = ask(door->url(), "POST", "/v1/actors/7/cancel");
  REQUIRE(done.status == 200);
  CHECK(done.json().root()["action"].string() == "cancel");
  CHECK(done.json().root()["id"].natural() == 7u);
  CHECK(done.json().root()["human"].string() == "done");
  CHECK(node.last_act().starts_with("cancel 7 by 127.0.0.1 "));
  CHECK(ask(door->url(), "POST", "/v1/actors/7/freeze", as_json, R"({"lasting_ms":90})").status ==
        200);
  CHECK(node.last_act() == "freeze 7 by 127.0.0.1 lasting 90");
  CHECK(ask(door->url(), "POST", "/v1/actors/7/pause").status == 409);
  CHECK(ask(door->url(), "POST", "/v1/actors/8/restart").status == 404);
  CHECK(ask(door->url(), "GET", "/v1/actors/7/cancel").status == 405);
  CHECK(ask(door->url(), "POST", "/v1/actors/7/freeze", {}, "{}").status == 415);
  for (const auto* body :
       {R"({"lasting_ms":0})", R"({"lasting_ms":600001})", R"({"lasting_ms":"long"})"}) {
    const auto refused = ask(door->url(), "POST", "/v1/actors/7/freeze", as_json, body);
    INFO(body);
    CHECK(refused.status == 400);
    CHECK(refused.json().root()["field"].string() == "lasting_ms");
  }
  CHECK(ask(door->url(), "POST", "/v1/actors/7/cancel", as_json, R"({"lasting_ms":5})").status ==
        400);
  const auto page =
      ask(door->url(), "POST", "/v1/actors/7/cancel", {{"Origin", "https://elsewhere.example"}});
  CHECK(page.status == 403);
}

TEST_CASE("as an event stream the list comes again and again, until the client goes") {
  fake_node node;
  node.put_actor(a_transfer(7));
  const auto door = open_door(node);
  {
    wire line{door->url()};
    line.request("GET", "/v1/actors?interval=250ms&by=queue", as_events);
    const auto head = line.receive_head();
    REQUIRE(head.status == 200);
    CHECK(head.field("content-type") == "text/event-stream");
    for (int i = 0; i < 3; ++i) {
      const auto one = line.next_event();
      CHECK(one.kind == "actors");
      const auto data = json::parse(one.data);
      REQUIRE(data);
      CHECK(data->root()["actors"].elements().size() == 1);
    }
    CHECK(node.last_query().by == actors::actor_order::queue);
    CHECK(ask(door->url(), "GET", "/metrics").body.find("\nhive_http_growing_bodies 1\n") !=
          std::string::npos);
  }
  node.fall_silent();
  wire line{door->url()};
  line.request("GET", "/v1/actors", as_events);
  CHECK(line.receive_head().status == 200);
  const auto last = line.next_event();
  CHECK(last.kind == "problem");
  CHECK(last.data.find("no_answer") != std::string::npos);
  CHECK(line.next_event().kind.empty());
}

TEST_CASE("views of actors are bounded, and end with the door") {
  fake_node node;
  http::door_options options;
  options.max_growing_bodies = 1;
  auto door = open_door(node, options);
  wire line{door->url()};
  line.request("GET", "/v1/actors", as_events);
  CHECK(line.receive_head().status == 200);
  CHECK(line.next_event().kind == "actors");
  const auto refused = ask(door->url(), "GET", "/v1/actors", as_events);
  CHECK(refused.status == 503);
  CHECK(refused.problem_code() == "overloaded");
  CHECK(ask(door->url(), "HEAD", "/v1/actors", as_events).status == 503);
  door->close();
  while (!line.next_event().kind.empty()) {
  }
  CHECK(line.ended());
}

TEST_CASE("a trace is one document of complete events, ended by the number of messages") {
  fake_node node;
  node.put_actor(a_transfer(7));
  const auto door = open_door(node);
  const auto got = ask(door->url(), "GET", "/v1/actors/trace?messages=3&seconds=60&under=7");
  REQUIRE(got.status == 200);
  CHECK(got.field("content-type") == "application/json");
  const auto body = json::parse(got.body);
  INFO(got.body);
  REQUIRE(body);
  const auto events = body->root()["traceEvents"].elements();
  REQUIRE(events.size() == 5);
  CHECK(events[0]["name"].string() == "process_name");
  CHECK(events[0]["args"]["name"].string() == "hive fake");
  CHECK(events[1]["ph"].string() == "M");
  CHECK(events[1]["name"].string() == "thread_name");
  CHECK(events[1]["tid"].natural() == 7u);
  CHECK(events[1]["args"]["name"].string() == "transfer 7");
  for (std::size_t i = 2; i < 5; ++i) {
    CHECK(events[i]["ph"].string() == "X");
    CHECK(events[i]["pid"].natural() == 1u);
    CHECK(events[i]["tid"].natural() == 7u);
    CHECK(events[i]["name"].string() == "tick");
    CHECK(events[i]["dur"].number() == 250.0);
    CHECK(events[i]["args"]["sender"].natural() == 4u);
    CHECK(events[i]["args"]["waited_s"].number() == 0.002);
  }
  CHECK(events[4]["ts"].number().value() > events[2]["ts"].number().value());
  CHECK(body->root()["otherData"]["ended"].string() == "messages");
  CHECK(body->root()["otherData"]["lost_messages"].natural() == 0u);
}

TEST_CASE("there is one trace at a time, and it goes with its client") {
  fake_node node;
  node.put_actor(a_transfer(7));
  const auto door = open_door(node);
  // Whoever is refused may ask again at once.
  for (int i = 0; i < 30; ++i)
    CHECK(ask(door->url(), "GET", "/v1/actors/trace?under=8").status == 404);
  {
    wire line{door->url()};
    line.request("GET", "/v1/actors/trace?seconds=60&messages=200000");
    CHECK(line.receive_head().status == 200);
    const auto second = ask(door->url(), "GET", "/v1/actors/trace");
    CHECK(second.status == 409);
    CHECK(second.problem_code() == "conflict");
  }
  answer again;
  do again = ask(door->url(), "GET", "/v1/actors/trace?messages=1");
  while (again.status == 409);
  CHECK(again.status == 200);
}

TEST_CASE("what actors did is told to Prometheus by class, never by id") {
  fake_node node;
  const auto door = open_door(node);
  const auto text = ask(door->url(), "GET", "/metrics").body;
  for (const auto* line :
       {"hive_actors{type=\"job\"} 3", "hive_actor_messages_total{type=\"job\"} 120",
        "hive_actor_mailbox_messages{type=\"job\"} 5",
        "hive_actor_skipped_messages_total{type=\"job\"} 2",
        "hive_actor_slow_handlers_total{type=\"job\"} 1", "hive_actors{type=\"queue\"} 1"}) {
    INFO(line);
    CHECK(text.find('\n' + std::string{line} + '\n') != std::string::npos);
  }
  const auto status = ask(door->url(), "GET", "/v1/node").json();
  CHECK(status.root()["messages_handled"].natural() == 200u);
  CHECK(status.root()["bytes_received"].natural() == 77u);
}
