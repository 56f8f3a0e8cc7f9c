/// A server that asks to be left alone is, by everybody, and only where it asked.
#include "tests/core/net/network.hpp"

using namespace hive;
using namespace hive::net;
using namespace hive::net::testing;
using support::text;

namespace {

/// A server whose "/busy" answers like this, and "/idle" with 200.
struct busy_server {
  support::origin o;
  std::unique_ptr<engine> e{start_engine()};

  busy_server(int status, std::string name, std::string value) {
    o.answer("/busy", [=](const support::seen&) {
      return support::reply{.status = status, .headers = {{name, value}}};
    });
    o.serve("/idle", text("x"));
  }
  result<reply> ask(const std::string& path, const std::string& bucket) {
    return get(*e, {.url = o.url(path), .bucket = bucket});
  }
};

} // namespace

TEST_CASE(
    "whoever asks a server that wanted to be left alone is told how long, and it is not asked") {
  const auto said =
      GENERATE(std::tuple{429, "Retry-After", "40"}, std::tuple{503, "Retry-After", "40"},
               std::tuple{429, "RateLimit", "\"api\";r=0;t=39"},
               std::tuple{200, "RateLimit", "\"api\";r=0;t=39"});
  busy_server s{std::get<0>(said), std::get<1>(said), std::get<2>(said)};
  const auto first = s.ask("/busy", "metadata");
  REQUIRE(first);
  CHECK(first->head.status == std::get<0>(said));
  const auto second = s.ask("/idle", "metadata");
  REQUIRE_FALSE(second);
  CHECK(second.why().code == errc::rate_limited);
  CHECK(second.why().retry_after > 30s);
  CHECK(second.why().retry_after <= 40s);
  CHECK(second.why().detail.find(s.o.url()) == 0);
  CHECK(s.o.log().size() == 1);
}

TEST_CASE("other buckets and other origins are asked as before") {
  busy_server s{429, "Retry-After", "40"};
  support::origin other;
  other.serve("/idle", text("x"));
  REQUIRE(s.ask("/busy", "metadata"));
  CHECK(s.ask("/idle", "files"));
  CHECK(get(*s.e, {.url = other.url("/idle"), .bucket = "metadata"}));
  CHECK_FALSE(s.ask("/idle", "metadata"));
}

TEST_CASE("what is left of a quota, a date that has passed, and a 404 keep nobody away") {
  const auto said =
      GENERATE(std::tuple{200, "RateLimit", "\"api\";r=1;t=39"},
               std::tuple{429, "Retry-After", "0"}, std::tuple{404, "Retry-After", "40"});
  busy_server s{std::get<0>(said), std::get<1>(said), std::get<2>(said)};
  REQUIRE(s.ask("/busy", "metadata"));
  CHECK(s.ask("/idle", "metadata"));
}

TEST_CASE("a redirect that leads to a server that wants to be left alone is not followed") {
  busy_server s{429, "Retry-After", "40"};
  support::origin from;
  from.serve("/there", text(""), {.redirect = s.o.url("/idle")});
  REQUIRE(s.ask("/busy", "files"));
  const auto got = get(*s.e, {.url = from.url("/there"), .bucket = "files"});
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::rate_limited);
  CHECK(s.o.log().size() == 1);
}
