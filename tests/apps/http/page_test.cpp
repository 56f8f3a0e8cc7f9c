#include "apps/web/page.hpp"
#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace hive;
using namespace hive::http::test;

namespace {

constexpr web::asset files[] = {
    {"index.html", "text/html; charset=utf-8", R"("i1")", "<!DOCTYPE html>", "zipped index"},
    {"app-1.js", "text/javascript; charset=utf-8", R"("a1")", "start()", "zipped script"}};

struct paged_node {
  explicit paged_node(std::span<const web::asset> page) : door{opened(page)} {}
  std::unique_ptr<http::door> opened(std::span<const web::asset> page) {
    http::door_options options;
    options.page = page;
    return open_door(node, std::move(options));
  }
  answer get(std::string_view target, const headers& more = {}) const {
    return ask(door->url(), "GET", target, more);
  }
  fake_node node;
  std::unique_ptr<http::door> door;
};

} // namespace

TEST_CASE("the page is served compressed where that is understood, under a strict policy") {
  const paged_node here{files};
  const auto plain = here.get("/");
  CHECK(plain.status == 200);
  CHECK(plain.body == "<!DOCTYPE html>");
  CHECK(plain.field("content-type") == "text/html; charset=utf-8");
  CHECK(plain.field("content-encoding").empty());
  CHECK(plain.field("cache-control") == "no-cache");
  CHECK(plain.field("etag") == R"("i1")");
  CHECK(plain.field("vary") == "Accept-Encoding");
  CHECK(plain.field("x-content-type-options") == "nosniff");
  const auto policy = plain.field("content-security-policy");
  for (const auto* part : {"default-src 'none'", "script-src 'self'", "connect-src 'self'",
                           "base-uri 'none'", "frame-ancestors 'none'"})
    CHECK(policy.find(part) != std::string::npos);
  CHECK(policy.find("unsafe") == std::string::npos);
  const auto zipped = here.get("/assets/app-1.js", {{"Accept-Encoding", "br, gzip"}});
  CHECK(zipped.body == "zipped script");
  CHECK(zipped.field("content-encoding") == "gzip");
  CHECK(zipped.field("cache-control") == "public, max-age=31536000, immutable");
  CHECK(here.get("/assets/app-1.js", {{"Accept-Encoding", "gzip;q=0"}}).body == "start()");
}

TEST_CASE("who has the page already is not sent it again, and there is nothing else to be had") {
  const paged_node here{files};
  const auto same = here.get("/", {{"If-None-Match", R"("i1")"}, {"Accept-Encoding", "gzip"}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(same.field("etag") == R"("i1")");
  CHECK(here.get("/", {{"If-None-Match", R"("i0")"}}).status == 200);
  CHECK(here.get("/assets/app-2.js").status == 404);
  CHECK(here.get("/assets/..%2fapp-1.js").status == 404);
  CHECK(here.get("/assets/a/app-1.js").status == 404);
  CHECK(ask(here.door->url(), "POST", "/").status == 405);
}

TEST_CASE("a node built without the page says how to get it, and answers everything else") {
  const paged_node here{{}};
  const auto got = here.get("/");
  CHECK(got.status == 200);
  CHECK(got.field("content-type") == "text/plain; charset=utf-8");
  CHECK(got.body.find("npm") != std::string::npos);
  CHECK(here.get("/assets/app-1.js").status == 404);
  CHECK(here.get("/v1/node").status == 200);
}

TEST_CASE("the page asks for the token itself; whatever it shows needs it") {
  fake_node node;
  http::door_options options;
  options.listen = "0.0.0.0:0";
  options.api_token = "correct horse";
  options.page = files;
  const auto door = open_door(node, options);
  const headers elsewhere{{"Host", "box.lan:7835"}};
  CHECK(ask(door->url(), "GET", "/", elsewhere).body == "<!DOCTYPE html>");
  CHECK(ask(door->url(), "GET", "/assets/app-1.js", elsewhere).status == 200);
  CHECK(ask(door->url(), "GET", "/v1/jobs", elsewhere).status == 401);
  CHECK(ask(door->url(), "POST", "/", elsewhere).status == 401);
  CHECK(ask(door->url(), "GET", "/assets/app-1.js/resolve/x", elsewhere).status == 401);
}

TEST_CASE("what was built is whole: an index that names its files, each with its tag") {
  const auto page = web::page();
  if (page.empty()) return; // a build without npm
  const auto index = std::ranges::find(page, "index.html", &web::asset::name);
  REQUIRE(index != page.end());
  for (const auto& one : page) {
    INFO(one.name);
    CHECK(one.gzip.starts_with("\x1f\x8b"));
    CHECK(one.tag.size() == 18);
    if (one.name == "index.html") continue;
    const auto named = "assets/" + std::string{one.name};
    CHECK(index->plain.find(named) != std::string_view::npos);
  }
  CHECK(index->plain.find("<script>") == std::string_view::npos);
  CHECK(index->plain.find("style=") == std::string_view::npos);
}
