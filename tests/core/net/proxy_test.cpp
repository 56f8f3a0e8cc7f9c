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
  CHECK(got.why().code == errc::proxy_refused);
  const auto address = "127.0.0.1:" + std::to_string(proxy.port());
  CHECK(got.why().detail ==
        "the proxy " + address + " answered 407 when asked for https://far.invalid");
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

TEST_CASE("a proxy that has trouble may be asked again, one that says no may not") {
  const auto said = GENERATE(std::pair{502, errc::proxy_failed}, std::pair{429, errc::proxy_failed},
                             std::pair{403, errc::proxy_refused});
  support::origin proxy;
  proxy.answer("far.invalid:443",
               [&](const support::seen&) { return support::reply{.status = said.first}; });
  auto e = start_engine({.proxy = proxy.url()});
  const auto got = get(*e, {.url = "https://far.invalid/x"});
  REQUIRE_FALSE(got);
  CHECK(got.why().code == said.second);
}

TEST_CASE("a proxy that wants to know who asks is named also for plain http") {
  support::origin proxy;
  proxy.answer("/x", [](const support::seen&) { return support::reply{.status = 407}; });
  auto e = start_engine({.proxy = proxy.url()});
  const auto got = get(*e, {.url = "http://far.invalid/x"});
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::proxy_refused);
  CHECK(got.why().detail.find(std::to_string(proxy.port())) != std::string::npos);
}

TEST_CASE("this machine's own servers are reached without the proxy") {
  support::origin proxy;
  support::origin o;
  o.serve("/x", text("direct"));
  auto e = start_engine({.proxy = proxy.url(), .no_proxy = "other.invalid"});
  CHECK(get(*e, {.url = o.url("/x")}).value().body == "direct");
  CHECK(proxy.log().empty());
}

TEST_CASE("hosts that are excepted are not looked for at the proxy") {
  const std::string except = GENERATE("far.invalid", "invalid", ".invalid", "*", "x, far.invalid");
  support::origin proxy;
  auto e = start_engine({.proxy = proxy.url(), .no_proxy = except});
  INFO(except);
  CHECK(get(*e, {.url = "http://far.invalid/x"}).why().code == errc::unreachable);
  CHECK(proxy.log().empty());
}

TEST_CASE("addresses are excepted by block too") {
  support::origin proxy;
  proxy.serve("/x", text("through"));
  auto e = start_engine({.proxy = proxy.url(), .no_proxy = "0.1.0.0/16"});
  CHECK(get(*e, {.url = "http://0.2.0.7/x"}).value().body == "through");
  // Whatever becomes of it: no network has such an address.
  static_cast<void>(get(*e, {.url = "http://0.1.0.7/x", .connect_timeout = 100ms}));
  CHECK(proxy.log().size() == 1);
}

TEST_CASE("a proxy's address that cannot be read is not repeated, password and all") {
  auto e = start_engine({.proxy = "nonsense://user:s3cr3t@host:1"});
  const auto got = get(*e, {.url = "http://far.invalid/x"});
  REQUIRE_FALSE(got);
  CHECK(sentence(got.why()).find("s3cr3t") == std::string::npos);
  CHECK(sentence(got.why()).find("proxy") != std::string::npos);
}
