#include "tests/core/net/network.hpp"

using namespace hive;
using namespace hive::net;
using namespace hive::net::testing;
using support::generated;
using support::text;

TEST_CASE("a whole small reply comes with status, headers and body") {
  support::origin o;
  o.serve("/hello", text("hello"), {.headers = {{"X-Linked-Size", " 5 "}}});
  auto e = start_engine();
  const auto got = get(*e, {.url = o.url("/hello?a=b")});
  REQUIRE(got);
  CHECK(got->head.status == 200);
  CHECK(got->body == "hello");
  CHECK(find_header(got->head.headers, "x-linked-size") == "5");
  CHECK(got->head.url == o.url("/hello?a=b"));
  CHECK(got->head.address == "127.0.0.1:" + std::to_string(o.port()));
  CHECK(got->head.hop == 0);
  const auto asked = o.log();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].query == "a=b");
  CHECK(asked[0].header("accept-encoding") == "identity");
  CHECK(asked[0].header("user-agent") == "hive-test");
  CHECK_FALSE(asked[0].header("authorization"));
}
