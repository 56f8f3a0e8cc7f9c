#include "apps/http/contract.hpp"
#include "apps/http/router.hpp"
#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace hive;
using namespace hive::http::test;
using namespace std::chrono_literals;

TEST_CASE("unknown routes are problems with 404, wrong methods 405 with Allow") {
  fake_node node;
  const auto door = open_door(node);
  wire line{door->url()};
  for (const auto* target : {"/v1", "/v1/", "/v1/nothing", "/v1/jobs/", "/v1//jobs", "/nothing",
                             "/v1/jobs/a/b/c", "/v1/jobs/resolve/main/x"}) {
    INFO(target);
    const auto got = line.ask("GET", target);
    CHECK(got.status == 404);
    CHECK(got.problem_code() == "not_found");
  }
  const auto wrong = line.ask("PUT", "/v1/jobs");
  CHECK(wrong.status == 405);
  CHECK(wrong.field("allow") == "POST, GET, HEAD");
  CHECK(wrong.problem_code() == "bad_request");
  CHECK(line.ask("POST", "/v1/node").field("allow") == "GET, HEAD");
  CHECK(line.ask("GET", "/v1/%zz").problem_code() == "bad_request");
}

TEST_CASE("HEAD is answered like GET without a body, on the same connection") {
  fake_node node;
  const auto door = open_door(node);
  wire line{door->url()};
  const auto got = line.ask("GET", "/v1/openapi.json");
  const auto head = line.ask("HEAD", "/v1/openapi.json");
  CHECK(head.status == 200);
  CHECK(head.field("content-length") == std::to_string(got.body.size()));
  CHECK(line.ask("HEAD", "/v1/nothing").status == 404);
  CHECK(line.ask("HEAD", "/healthz").status == 200);
}

TEST_CASE("a correlation id comes back, and is made where there is none or a strange one") {
  fake_node node;
  const auto door = open_door(node);
  wire line{door->url()};
  CHECK(line.ask("GET", "/healthz", {{"X-Correlation-Id", "abc"}}).field("x-correlation-id") ==
        "abc");
  const auto made = line.ask("GET", "/healthz").field("x-correlation-id");
  CHECK(is_ulid(made));
  const auto strange = line.ask("GET", "/healthz", {{"X-Correlation-Id", "a b"}});
  CHECK(is_ulid(strange.field("x-correlation-id")));
}

TEST_CASE("a body beyond 1 MiB is 413, a head beyond 16 KiB 431, and neither is stored") {
  fake_node node;
  const auto door = open_door(node);
  const headers as_json{{"Content-Type", "application/json"}};
  const std::string body = R"({"ref":")" + std::string(1 << 20, 'x') + "\"}";
  const auto large = ask(door->url(), "POST", "/v1/jobs", as_json, body);
  CHECK(large.status == 413);
  CHECK(large.problem_code() == "too_large");
  CHECK(large.field("connection") == "close");
  wire chunked{door->url()};
  chunked.request("POST", "/v1/jobs",
                  {{"Content-Type", "application/json"}, {"Transfer-Encoding", "chunked"}});
  chunked.send("180000\r\n" + std::string(0x180000, ' ') + "\r\n0\r\n\r\n");
  CHECK(chunked.receive().status == 413);
  const auto wide = ask(door->url(), "GET", "/healthz", {{"X-Wide", std::string(17 << 10, 'w')}});
  CHECK(wide.status == 431);
  CHECK(ask(door->url(), "GET", "/healthz", {{"X-Wide", std::string(12 << 10, 'w')}}).status ==
        200);
  CHECK(node.job_count() == 0);
}

TEST_CASE("what is not HTTP is told so and closed") {
  fake_node node;
  const auto door = open_door(node);
  wire line{door->url()};
  line.send("EHLO there\r\n\r\n");
  CHECK(line.receive().status == 400);
  CHECK(line.ended());
}

TEST_CASE("requests in one packet are answered in order") {
  fake_node node;
  const auto door = open_door(node);
  wire line{door->url()};
  const std::string host = "\r\nHost: localhost\r\n\r\n";
  line.send("GET /healthz HTTP/1.1" + host + "GET /v1/node HTTP/1.1" + host +
            "GET /v1/nothing HTTP/1.1" + host);
  CHECK(line.receive().status == 200);
  CHECK(line.receive().body.find("fake") != std::string::npos);
  CHECK(line.receive().status == 404);
}

TEST_CASE("a client that announces its body is told to go on") {
  fake_node node;
  const auto door = open_door(node);
  wire line{door->url()};
  line.send("POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: 18\r\nExpect: 100-continue\r\n\r\n");
  CHECK(line.receive_head().status == 100);
  line.send(R"({"ref":"org/repo"})");
  CHECK(line.receive().status == 202);
}

TEST_CASE("slow heads are cut at their deadline while others are served") {
  fake_node node;
  http::door_options options;
  options.header_deadline = 100ms;
  const auto door = open_door(node, options);
  std::vector<wire> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(door->url());
    slow.back().send("GET /healthz HTTP/1.1\r\nHost: loc");
  }
  CHECK(ask(door->url(), "GET", "/healthz").status == 200);
  for (auto& line : slow) CHECK(line.ended());
}

TEST_CASE("an idle connection is closed at its deadline") {
  fake_node node;
  http::door_options options;
  options.idle_deadline = 50ms;
  const auto door = open_door(node, options);
  wire line{door->url()};
  CHECK(line.ask("GET", "/healthz").status == 200);
  CHECK(line.ended());
}

TEST_CASE("connections beyond the bound are told 503") {
  fake_node node;
  http::door_options options;
  options.max_connections = 3;
  const auto door = open_door(node, options);
  std::vector<wire> kept;
  for (int i = 0; i < 3; ++i) {
    kept.emplace_back(door->url());
    CHECK(kept.back().ask("GET", "/healthz").status == 200);
  }
  wire surplus{door->url()};
  const auto refused = surplus.ask("GET", "/healthz");
  CHECK(refused.status == 503);
  CHECK(refused.problem_code() == "overloaded");
  CHECK(surplus.ended());
  CHECK(kept.front().ask("GET", "/healthz").status == 200);
}

TEST_CASE("closing lets the reply under way finish and ends everything else") {
  fake_node node;
  const auto id = node.put_job(job_state::fetching).id;
  const auto door = open_door(node);
  wire idle{door->url()};
  CHECK(idle.ask("GET", "/healthz").status == 200);
  wire stream{door->url()};
  stream.request("GET", "/v1/events");
  CHECK(stream.receive_head().status == 200);
  node.hold_jobs();
  wire waiting{door->url()};
  waiting.request("GET", "/v1/jobs/" + id.value);
  CHECK(ask(door->url(), "GET", "/readyz").status == 200);
  std::thread closing{[&] { door->close(); }};
  CHECK(idle.ended());
  CHECK(stream.ended());
  node.let_go();
  const auto got = waiting.receive();
  CHECK(got.status == 200);
  CHECK(got.field("connection") == "close");
  closing.join();
  door->close();
}

TEST_CASE("a node's answer that comes after the door is gone does no harm") {
  fake_node node;
  const auto id = node.put_job(job_state::fetching).id;
  node.hold_jobs();
  {
    const auto door = open_door(node);
    wire waiting{door->url()};
    waiting.request("GET", "/v1/jobs/" + id.value);
    CHECK(ask(door->url(), "GET", "/readyz").status == 200);
  }
  node.let_go();
  node.publish(event_kind::narration, id);
  CHECK(node.job_count() == 1);
}

TEST_CASE("probes and figures when the actors do not answer") {
  fake_node node;
  const auto door = open_door(node);
  CHECK(ask(door->url(), "GET", "/readyz").status == 200);
  node.fall_silent();
  CHECK(ask(door->url(), "GET", "/readyz").status == 503);
  CHECK(ask(door->url(), "GET", "/metrics").status == 503);
  CHECK(ask(door->url(), "GET", "/healthz").status == 200);
  CHECK(ask(door->url(), "GET", "/v1/jobs").problem_code() == "no_answer");
}

TEST_CASE("metrics have help and type for each family and the node's figures") {
  fake_node node;
  const auto door = open_door(node);
  CHECK(ask(door->url(), "GET", "/v1/nothing").status == 404);
  const auto got = ask(door->url(), "GET", "/metrics");
  CHECK(got.field("content-type").starts_with("text/plain; version=0.0.4"));
  CHECK(got.body.find("\nhive_bytes_received_total 77\n") != std::string::npos);
  CHECK(got.body.find("\nhive_jobs{state=\"fetching\"} 3\n") != std::string::npos);
  CHECK(got.body.find("\nhive_http_requests_total{code=\"4xx\"} 1\n") != std::string::npos);
  CHECK(got.body.find("hive_build_info{version=\"0.1.0\"} 1\n") != std::string::npos);
  std::set<std::string> typed;
  for (std::size_t at = 0; at < got.body.size();) {
    const auto end = got.body.find('\n', at);
    const auto line = got.body.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("# TYPE ")) typed.insert(line.substr(7, line.find(' ', 7) - 7));
    if (line.starts_with("#")) continue;
    INFO(line);
    CHECK(typed.contains(line.substr(0, line.find_first_of("{ "))));
  }
  for (const auto* name : {"hive_bytes_durable_total", "hive_bytes_discarded_total", "hive_lanes",
                           "hive_transfers", "hive_pool_blocks_free", "hive_sse_subscribers",
                           "hive_events_total", "hive_events_dropped_total", "hive_actors",
                           "hive_actor_restarts_total", "hive_disk_free_bytes"})
    CHECK(typed.contains(name));
  CHECK(got.body.find("\nhive_members{state=\"up\"} 2\n") != std::string::npos);
  CHECK(got.body.find("\nhive_link_reconnects_total{cause=\"reset\"} 3\n") != std::string::npos);
  CHECK(got.body.find("\nhive_load1 0.5\n") != std::string::npos);
  CHECK(got.body.find("\nhive_device_memory_bytes{bus=\"0000:01:00.0\",vendor=\"nvidia\","
                      "name=\"Tiny \\\"X\\\"\"} 100\n") != std::string::npos);
  CHECK_FALSE(typed.contains("hive_memory_size_bytes")); // the fake node does not know it
}

TEST_CASE("the published contract has every route of the table, and no other") {
  const auto parsed = json::parse(http::openapi_text());
  REQUIRE(parsed);
  std::set<std::string> published;
  for (const auto& [path, methods] : parsed->root()["paths"].members())
    for (const auto& [method, what] : methods.members())
      if (method != "parameters") published.insert(std::string{method} + ' ' + std::string{path});
  std::set<std::string> served;
  for (const auto& row : http::routes()) {
    std::string method{row.method};
    for (auto& c : method) c = static_cast<char>(c + 32);
    std::string path{row.pattern};
    if (const auto dots = path.find("..."); dots != std::string::npos) path.erase(dots, 3);
    served.insert(method + ' ' + path);
  }
  CHECK(published == served);
}
