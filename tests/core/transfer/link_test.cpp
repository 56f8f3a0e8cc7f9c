#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace hive;
using namespace hive::testing;

namespace {

constexpr std::uint64_t big_link = 37 * mib;

/// A Hub that redirects to a CDN of another origin.
struct hub_and_cdn {
  origin hub;
  origin cdn;
  std::uint64_t size;

  explicit hub_and_cdn(std::uint64_t bytes, manners of_cdn = {}, header_list of_hub = {})
    : size(bytes) {
    cdn.serve("/blob", generated(5, size), std::move(of_cdn));
    hub.serve("/m", text(""),
              {.headers = std::move(of_hub),
               .redirect = cdn.url("/blob?Signature=abc"),
               .redirect_body = std::string(1100, 'x')});
  }
  plan_file file() const { return rig::file(5, size, {hub.url("/m")}); }
};

std::string loud(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

} // namespace

TEST_CASE("the Hub is asked once per file, however many lanes fetch it") {
  hub_and_cdn net{big_link, {}, {{"X-Linked-Size", std::to_string(big_link)}}};
  rig r;
  r.service->limit("", 20 * mib); // or the first lane is done before others begin
  ears who;
  REQUIRE(r.fetch(net.file(), who));
  CHECK(net.hub.log().size() == 1);
  CHECK(net.cdn.peak_parallel("/blob") >= 2);
  for (const auto& request : net.cdn.log()) CHECK(request.query == "Signature=abc");
  CHECK(who.broken().empty());
}

TEST_CASE("a relative 307 keeps its query") {
  origin hub;
  hub.serve("/m", text(""),
            {.redirect = "/api/cache/m?etag=%22abc%22&x=a%2Fb", .redirect_status = 307});
  hub.serve("/api/cache/m", generated(6, 300 * kib));
  rig r;
  REQUIRE(r.fetch(rig::file(6, 300 * kib, {hub.url("/m")})));
  const auto asked = hub.log("/api/cache/m");
  REQUIRE(asked.size() == 1);
  CHECK(asked.front().query == "etag=%22abc%22&x=a%2Fb");
}

TEST_CASE("a validator of the metadata hop is compared without marks, quotes and case") {
  const auto digest = pattern_sha256(5, mib);
  hub_and_cdn net{mib,
                  {.headers = {{"ETag", "\"" + std::string(64, 'c') + "\""}}},
                  {{"X-Linked-ETag", "W/\"" + loud(digest) + "\""}, {"ETag", "\"other\""}}};
  auto what = net.file();
  what.sources.front().checks = {{"x-linked-etag", digest}};
  rig r;
  SECTION("the right one passes, whatever the CDN calls its copy") {
    CHECK(r.fetch(what));
  }
  SECTION("a check the CDN fails does not count: it speaks of its own copy") {
    what.sources.front().checks.push_back({"etag", "other"});
    CHECK(r.fetch(what));
  }
  SECTION("unless the plan means the CDN's") {
    what.sources.front().checks.push_back({"etag", std::string(64, 'c'), true});
    CHECK(r.fetch(what));
    what.sources.front().checks.back().value = "other";
    rig second;
    const auto got = second.fetch(what);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::source_changed);
  }
  SECTION("another one is a changed source") {
    what.sources.front().checks = {{"x-linked-etag", std::string(64, 'a')}};
    const auto got = r.fetch(what);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::source_changed);
    CHECK(net.cdn.log().empty());
  }
}

TEST_CASE("a link that dies in mid-file is asked for anew and what is here is kept") {
  origin hub;
  origin first;
  origin second;
  const auto uses = GENERATE(1, 3);
  first.serve("/blob", generated(7, big_link), {.expire_after = uses});
  second.serve("/blob", generated(7, big_link));
  std::atomic<int> asked{0};
  hub.answer("/m", [&](const seen&) {
    const auto& now = asked++ == 0 ? first : second;
    return reply{.status = 302, .headers = {{"Location", now.url("/blob?Policy=x")}}};
  });
  auto options = quick();
  options.retry.tries = 2;
  rig r{options};
  ears who;
  const auto got = r.fetch(rig::file(7, big_link, {hub.url("/m")}), who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(asked == 2);
  CHECK(who.notes_of("link-refreshed") == 1);
  CHECK(who.notes_of("lane-retry") == 0);
  CHECK(r.service->counts().bytes_received == big_link);
  CHECK(who.last().counts.discarded <= split_waste);
}

TEST_CASE("a link that is never good fails with its own code after the tries are spent") {
  hub_and_cdn net{mib, {.expire_after = 0}};
  rig r;
  const auto got = r.fetch(net.file());
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::link_expired);
  CHECK(net.hub.log().size() == static_cast<std::size_t>(quick().retry.tries));
}

TEST_CASE("a link about to expire is not used again") {
  origin hub;
  origin cdn;
  cdn.serve("/blob", generated(8, big_link));
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::atomic<int> asked{0};
  hub.answer("/m", [&](const seen&) {
    const auto until = now + (asked++ < 2 ? 30 : 3600);
    return reply{.status = 302,
                 .headers = {{"Location", cdn.url("/blob?Expires=" + std::to_string(until))}}};
  });
  rig r;
  REQUIRE(r.fetch(rig::file(8, big_link, {hub.url("/m")})));
  CHECK(asked == 3);
}

TEST_CASE("a token goes to the origin it is for and to no other") {
  origin hub;
  origin cdn;
  cdn.serve("/blob", generated(9, big_link));
  hub.serve("/m", text(""), {.redirect = cdn.url("/blob")});
  auto keys = std::make_shared<net::keyring>();
  keys->add({*net::origin_of(hub.url("/")), "Bearer hf_secret"});
  rig r;
  ears who;
  const auto running =
      r.service->start({rig::file(9, big_link, {hub.url("/m")}), keys, {}}, who.listener());
  const auto end = who.wait_for_end();
  REQUIRE(end);
  REQUIRE(*end);
  for (const auto& request : hub.log())
    CHECK(request.header("authorization") == "Bearer hf_secret");
  for (const auto& request : cdn.log()) CHECK_FALSE(request.header("authorization"));
}

TEST_CASE("403 on parallel ranges only means one lane, not the end") {
  origin server;
  server.serve("/f", generated(10, big_link), {.max_parallel = 1, .crowded_status = 403});
  rig r;
  r.service->limit("", 40 * mib);
  ears who;
  const auto got = r.fetch(rig::file(10, big_link, {server.url("/f")}), who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(who.notes_of("lanes-reduced") == 1);
  CHECK(server.peak_parallel("/f") == 1);
  CHECK(who.broken().empty());
}

TEST_CASE("403 on parallel ranges of a signed link means one lane too") {
  hub_and_cdn net{big_link, {.max_parallel = 1, .crowded_status = 403}};
  rig r;
  r.service->limit("", 40 * mib);
  ears who;
  const auto got = r.fetch(net.file(), who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(who.notes_of("lanes-reduced") == 1);
  CHECK(net.hub.log().size() < 20);
}

TEST_CASE("a 403 of the stable address itself is final") {
  origin server;
  server.serve("/f", generated(10, mib), {.fail_first = 99, .fail_status = 403});
  rig r;
  const auto got = r.fetch(rig::file(10, mib, {server.url("/f")}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::credentials_rejected);
  CHECK(server.log().size() == 1);
}

TEST_CASE("a vendor's own code on the stable address decides, whatever the status, at once") {
  const auto status = GENERATE(401, 403, 404, 503);
  origin hub;
  hub.answer("/m", [&](const seen&) {
    return reply{.status = status, .headers = {{"X-Error-Code", "GatedRepo"}}};
  });
  rig r;
  ears who;
  auto what = rig::file(5, mib, {hub.url("/m")});
  const std::vector<refusal_rule> rules{
      {"x-error-code", "EntryNotFound", errc::entry_missing, "no such file", ""},
      {"x-error-code", "GatedRepo", errc::gated, "acme/x is gated", "accept its terms"}};
  const auto running = r.service->start({what, nullptr, {}, rules}, who.listener());
  const auto end = who.wait_for_end();
  REQUIRE(end);
  REQUIRE_FALSE(*end);
  CHECK(end->why().code == errc::gated);
  CHECK(end->why().detail ==
        "acme/x is gated (HTTP " + std::to_string(status) + " for " + what.path + ")");
  CHECK(end->why().hint == "accept its terms");
  CHECK(hub.log().size() == 1);
}

TEST_CASE("a status can be the vendor's word for a file that is gone") {
  origin hub;
  hub.answer("/m", [](const seen&) { return reply{.status = 404}; });
  rig r;
  ears who;
  const auto running = r.service->start(
      {rig::file(5, mib, {hub.url("/m")}),
       nullptr,
       {},
       {{":status", "404", errc::entry_missing, "acme/x no longer has it", "look"}}},
      who.listener());
  const auto end = who.wait_for_end();
  REQUIRE(end);
  CHECK(end->why().detail.starts_with("acme/x no longer has it (HTTP 404"));
}

TEST_CASE("another origin's code says nothing about the vendor") {
  hub_and_cdn net{mib};
  net.cdn.answer("/blob", [](const seen&) {
    return reply{.status = 404, .headers = {{"X-Error-Code", "GatedRepo"}}};
  });
  rig r;
  ears who;
  const auto running = r.service->start(
      {net.file(), nullptr, {}, {{"x-error-code", "GatedRepo", errc::gated, "gated", ""}}},
      who.listener());
  const auto end = who.wait_for_end();
  REQUIRE(end);
  CHECK(end->why().code == errc::link_expired);
}

TEST_CASE("a file that comes compressed is refused, and nothing of it is kept") {
  origin server;
  const auto size = GENERATE(mib, big_link);
  server.serve("/f", generated(9, size), {.headers = {{"Content-Encoding", "gzip"}}});
  rig r;
  const auto got = r.fetch(rig::file(9, size, {server.url("/f")}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::unreadable_reply);
  CHECK(got.why().detail.find("encoded as gzip") != std::string::npos);
  CHECK(r.service->counts().bytes_received == 0);
}
