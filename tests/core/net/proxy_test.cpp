#include "tests/core/net/network.hpp"

using namespace hive;
using namespace hive::net;
using namespace hive::net::testing;
using support::text;

TEST_CASE("a proxy is asked for the whole URL") {
  support::origin proxy;
  proxy.serve("/x", text("through"));
  auto e = start_engine({.proxy = proxy.url()});
  const auto got = get(*e, {.url = "http://far.invalid/x?y"});
  REQUIRE(got);
  CHECK(got->body == "through");
  CHECK(proxy.log()[0].target == "http://far.invalid/x?y");
  CHECK(proxy.log()[0].header("host") == "far.invalid");
}

TEST_CASE("a proxy that refuses a tunnel has failed, and learns no secret") {
  support::origin proxy;
  proxy.answer("far.invalid:443", [](const support::seen&) {
    return support::reply{.status = 407, .headers = {{"Proxy-Authenticate", "Basic realm=x"}}};
  });
  auto e = start_engine({.proxy = proxy.url()});
  auto keys = std::make_shared<keyring>();
  keys->add({{"https", "far.invalid", 443}, "Bearer x"});
  const auto got = get(*e, {.url = "https://far.invalid/x", .keys = keys});
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::proxy_failed);
  CHECK(got.why().detail.find("407") != std::string::npos);
  REQUIRE(proxy.log().size() == 1);
  CHECK(proxy.log()[0].method == "CONNECT");
  CHECK_FALSE(proxy.log()[0].header("authorization"));
}

TEST_CASE("a proxy that is not there is named as the one to blame") {
  std::string closed;
  {
    support::origin gone;
    closed = gone.url();
  }
  auto e = start_engine({.proxy = closed});
  CHECK(get(*e, {.url = "http://far.invalid/x"}).why().code == errc::proxy_failed);
  CHECK(get(*e, {.url = "https://far.invalid/x"}).why().code == errc::proxy_failed);
}

TEST_CASE("hosts that are excepted are reached without the proxy") {
  support::origin proxy;
  support::origin o;
  o.serve("/x", text("direct"));
  auto e = start_engine({.proxy = proxy.url(), .no_proxy = "other.invalid,127.0.0.1"});
  CHECK(get(*e, {.url = o.url("/x")}).value().body == "direct");
  CHECK(proxy.log().empty());
}
