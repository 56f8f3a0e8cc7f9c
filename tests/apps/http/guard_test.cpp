#include "apps/http/guard.hpp"
#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::http::test;

TEST_CASE("on loopback only this machine's names are answered, which defeats DNS rebinding") {
  fake_node node;
  const auto door = open_door(node);
  const auto status = [&](const std::string& host) {
    return ask(door->url(), "GET", "/v1/node", {{"Host", host}}).status;
  };
  CHECK(status("localhost") == 200);
  CHECK(status("LocalHost:7835") == 200);
  CHECK(status("127.0.0.1:1") == 200);
  CHECK(status("[::1]:7835") == 200);
  CHECK(status("evil.example") == 403);
  CHECK(status("127.0.0.1.evil.example") == 403);
  CHECK(status("localhost@evil.example") == 400);
  CHECK(status("") == 400);
  CHECK(status("[::1]evil") == 400);
  wire twice{door->url()};
  CHECK(twice.ask("GET", "/v1/node", {{"Host", "localhost"}, {"Host", "evil.example"}}).status ==
        400);
  wire none{door->url()};
  none.send("GET /v1/node HTTP/1.1\r\n\r\n");
  CHECK(none.receive().status == 400);
}

TEST_CASE("a page of another site cannot change anything") {
  fake_node node;
  const auto door = open_door(node);
  const auto host = door->url().substr(7);
  const auto status = [&](const std::string& origin) {
    return ask(door->url(), "POST", "/v1/jobs",
               {{"Origin", origin}, {"Content-Type", "application/json"}}, R"({"ref":"org/repo"})")
        .status;
  };
  CHECK(status("http://evil.example") == 403);
  CHECK(status("null") == 403);
  CHECK(status("http://" + host + ".evil.example") == 403);
  CHECK(node.job_count() == 0);
  CHECK(status("http://" + host) == 202);
  CHECK(ask(door->url(), "GET", "/v1/node", {{"Origin", "http://evil.example"}}).status == 200);
}

TEST_CASE("elsewhere everything but the health probe and the page asks for the token") {
  fake_node node;
  http::door_options options;
  options.listen = "0.0.0.0:0";
  CHECK_FALSE(http::door::open(options, node));
  options.api_token = "correct horse";
  const auto door = open_door(node, options);
  const auto status = [&](const std::string& target, const std::string& authorization) {
    return ask(door->url(), "GET", target,
               {{"Host", "box.lan:7835"}, {"Authorization", authorization}});
  };
  for (const auto* target : {"/v1/node", "/metrics", "/readyz", "/v1/events",
                             "/api/models/org/repo", "/org/repo/resolve/main/x"}) {
    INFO(target);
    const auto refused = ask(door->url(), "GET", target, {{"Host", "box.lan"}});
    CHECK(refused.status == 401);
    CHECK(refused.problem_code() == "unauthorized");
    CHECK(refused.field("www-authenticate").starts_with("Bearer"));
    CHECK(refused.json().root()["hint"].string()->ends_with("as a bearer token"));
  }
  CHECK(ask(door->url(), "GET", "/healthz", {{"Host", "box.lan"}}).status == 200);
  CHECK(status("/v1/node", "Bearer correct horse").status == 200);
  CHECK(status("/v1/node", "bearer correct horse").status == 200);
  CHECK(status("/v1/node", "Bearer correct horsf").status == 401);
  CHECK(status("/v1/node", "Bearer correct hors").status == 401);
  CHECK(status("/v1/node", "Bearer correct horsee").status == 401);
  CHECK(status("/v1/node", "Bearer ").status == 401);
  CHECK(status("/v1/node", "Basic correct horse").status == 401);
  CHECK(status("/api/models/org/repo", "Bearer correct horse").status == 404);
}

TEST_CASE("an empty kept secret is never right") {
  CHECK_FALSE(http::same_secret("", ""));
  CHECK_FALSE(http::same_secret("x", ""));
  CHECK(http::same_secret("x", "x"));
}

TEST_CASE("an address that cannot be listened on is refused with what to write instead") {
  fake_node node;
  for (const auto* bad : {"", "7835", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "[::1:80"}) {
    INFO(bad);
    http::door_options options;
    options.listen = bad;
    const auto opened = http::door::open(options, node);
    REQUIRE_FALSE(opened);
    CHECK(opened.why().code == errc::bad_config);
  }
  const auto first = open_door(node);
  http::door_options options;
  options.listen = first->url().substr(7);
  const auto second = http::door::open(options, node);
  REQUIRE_FALSE(second);
  CHECK(second.why().code == errc::port_in_use);
}
