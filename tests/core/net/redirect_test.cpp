#include "tests/core/net/network.hpp"

using namespace hive;
using namespace hive::net;
using namespace hive::net::testing;
using support::text;

namespace {

std::shared_ptr<const keyring> keys_for(const std::string& url) {
  auto keys = std::make_shared<keyring>();
  keys->add({origin_of(url).value(), "Bearer hf_secret"});
  return keys;
}

} // namespace

TEST_CASE("every hop's headers are kept apart from the next one's") {
  support::origin hub;
  support::origin cdn;
  const std::string digest(64, 'a');
  cdn.serve("/blob", text("content"), {.headers = {{"ETag", "\"" + std::string(64, 'b') + "\""}}});
  hub.serve("/resolve", text(""),
            {.headers = {{"X-Linked-Size", "4000000000"},
                         {"X-Linked-ETag", "W/\"" + digest + "\""},
                         {"X-Repo-Commit", "c0ffee"}},
             .redirect = cdn.url("/blob?Expires=1&Signature=a%2Fb~"),
             .redirect_body = std::string(1100, 'x')});
  auto e = start_engine();
  const auto got = get(*e, {.url = hub.url("/resolve")});
  REQUIRE(got);
  REQUIRE(got->hops.size() == 1);
  const auto& first = got->hops[0];
  CHECK(first.status == 302);
  CHECK(first.hop == 0);
  CHECK(first.url == hub.url("/resolve"));
  CHECK(find_header(first.headers, "content-length") == "1100");
  CHECK(find_header(first.headers, "x-linked-size") == "4000000000");
  CHECK(bare_etag(find_header(first.headers, "x-linked-etag").value()) == digest);
  CHECK(got->head.hop == 1);
  CHECK(got->head.status == 200);
  CHECK(got->body == "content");
  CHECK(find_header(got->head.headers, "content-length") == "7");
  CHECK_FALSE(find_header(got->head.headers, "x-linked-size"));
  CHECK(bare_etag(find_header(got->head.headers, "etag").value()) == std::string(64, 'b'));
  REQUIRE(cdn.log().size() == 1);
  CHECK(cdn.log()[0].target == "/blob?Expires=1&Signature=a%2Fb~");
  CHECK(e->counts().redirects == 1);
  CHECK(e->counts().exchanges_started == 1);
}

TEST_CASE("a relative redirect keeps its query and its secret") {
  support::origin hub;
  const std::string target = "/api/resolve-cache/models/a/b?x=%2F&etag=%22ab%22";
  hub.serve("/a/b/resolve/c/config.json", text(""), {.redirect = target, .redirect_status = 307});
  hub.serve("/api/resolve-cache/models/a/b", text("{}"));
  auto e = start_engine();
  const auto got =
      get(*e, {.url = hub.url("/a/b/resolve/c/config.json"), .keys = keys_for(hub.url())});
  REQUIRE(got);
  CHECK(got->body == "{}");
  const auto asked = hub.log();
  REQUIRE(asked.size() == 2);
  CHECK(asked[1].target == target);
  CHECK(asked[0].header("authorization") == "Bearer hf_secret");
  CHECK(asked[1].header("authorization") == "Bearer hf_secret");
  CHECK(asked[0].connection == asked[1].connection);
}

TEST_CASE("a secret never reaches another origin, not even another port of the same host") {
  support::origin hub;
  support::origin other;
  other.serve("/x", text("ok"));
  hub.serve("/x", text("ok"));
  auto e = start_engine();
  SECTION("another port") {
    hub.serve("/go", text(""), {.redirect = other.url("/x")});
    REQUIRE(get(*e, {.url = hub.url("/go"), .keys = keys_for(hub.url())}));
    REQUIRE(other.log().size() == 1);
    CHECK_FALSE(other.log()[0].header("authorization"));
  }
  SECTION("another name of the same server") {
    hub.serve("/go", text(""), {.redirect = hub.url_as("localhost", "/x")});
    REQUIRE(get(*e, {.url = hub.url("/go"), .keys = keys_for(hub.url())}));
    REQUIRE(hub.log("/x").size() == 1);
    CHECK_FALSE(hub.log("/x")[0].header("authorization"));
  }
  SECTION("and it is back when the way leads back") {
    other.serve("/back", text(""), {.redirect = hub.url("/x")});
    hub.serve("/go", text(""), {.redirect = other.url("/back")});
    REQUIRE(get(*e, {.url = hub.url("/go"), .keys = keys_for(hub.url())}));
    CHECK_FALSE(other.log()[0].header("authorization"));
    CHECK(hub.log("/x")[0].header("authorization") == "Bearer hf_secret");
  }
}

TEST_CASE("a request cannot carry a secret past the keyring, nor headers inside a value") {
  support::origin o;
  o.serve("/x", text("ok"));
  auto e = start_engine();
  for (const header_list& headers :
       {header_list{{"Authorization", "Bearer x"}}, header_list{{"authorization", "Bearer x"}},
        header_list{{"X-A", "b\r\nAuthorization: Bearer x"}},
        header_list{{"X-A: b\r\nX-B", "c"}}}) {
    const auto got = get(*e, {.url = o.url("/x"), .headers = headers});
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::bad_request);
  }
  CHECK(o.log().empty());
}

TEST_CASE("redirects end somewhere") {
  support::origin o;
  o.serve("/loop", text(""), {.redirect = "/loop"});
  o.serve("/file", text(""), {.redirect = "file:///etc/passwd"});
  o.serve("/twice", text(""), {.redirect = "/once"});
  o.serve("/once", text(""), {.redirect = "/end", .redirect_status = 308});
  o.serve("/end", text("end"));
  auto e = start_engine();
  const auto lost = get(*e, {.url = o.url("/loop")});
  REQUIRE_FALSE(lost);
  CHECK(lost.why().code == errc::redirect_refused);
  CHECK(o.log("/loop").size() == 9);
  CHECK(get(*e, {.url = o.url("/file")}).why().code == errc::redirect_refused);
  CHECK(get(*e, {.url = o.url("/twice"), .max_redirects = 2}).value().body == "end");
  CHECK(get(*e, {.url = o.url("/twice"), .max_redirects = 1}).why().code == errc::redirect_refused);
  const auto first = get(*e, {.url = o.url("/twice"), .max_redirects = 0});
  REQUIRE(first);
  CHECK(first->head.status == 302);
  CHECK(find_header(first->head.headers, "location") == "/once");
}

TEST_CASE("a redirect without a target is a reply like any other") {
  support::origin o;
  o.serve("/x", text("choose"), {.status = 302});
  auto e = start_engine();
  const auto got = get(*e, {.url = o.url("/x")});
  REQUIRE(got);
  CHECK(got->head.status == 302);
  CHECK(got->body == "choose");
}

TEST_CASE("the body of a redirect is neither delivered nor waited for") {
  support::origin o;
  o.serve("/end", text("end"));
  auto e = start_engine();
  SECTION("a huge one") {
    o.serve("/x", text(""), {.redirect = "/end", .redirect_body = std::string(4 << 20, 'x')});
    CHECK(get(*e, {.url = o.url("/x")}).value().body == "end");
    CHECK(o.counts().connections_made == 2);
  }
  SECTION("one that never comes") {
    o.serve("/x", support::generated(1, 1000),
            {.status = 302, .headers = {{"Location", "/end"}}, .stall_after = 10});
    const auto got = get(*e, {.url = o.url("/x"), .idle_timeout = 1s});
    REQUIRE(got);
    CHECK(got->body == "end");
  }
  SECTION("one that is cut") {
    o.serve("/x", support::generated(1, 1000),
            {.status = 302, .headers = {{"Location", "/end"}}, .cut_after = 10});
    CHECK(get(*e, {.url = o.url("/x")}).value().body == "end");
  }
}

TEST_CASE("a handler can refuse a hop") {
  support::origin hub;
  support::origin cdn;
  hub.serve("/x", text(""), {.redirect = cdn.url("/y")});
  auto e = start_engine();
  recorder r;
  r.hop = [](const reply_head& head) -> outcome {
    return fail(errc::source_changed, "commit of " + std::to_string(head.status));
  };
  r.start(*e, {.url = hub.url("/x")});
  const auto end = r.wait();
  REQUIRE_FALSE(end);
  CHECK(end.why() == fail(errc::source_changed, "commit of 302"));
  CHECK(cdn.log().empty());
  CHECK(r.ends() == 1);
}

TEST_CASE("a form is posted again after 307 and turned into a GET by 303") {
  support::origin o;
  o.serve("/keep", text(""), {.redirect = "/end", .redirect_status = 307});
  o.serve("/turn", text(""), {.redirect = "/end", .redirect_status = 303});
  o.serve("/end", text("end"));
  auto e = start_engine();
  const auto post = [&](const char* path) {
    o.clear_log();
    REQUIRE(get(*e, {.method = "POST",
                     .url = o.url(path),
                     .headers = {{"Content-Type", "text/plain"}},
                     .body = "a=b"}));
    return o.log("/end").at(0);
  };
  const auto kept = post("/keep");
  CHECK(kept.method == "POST");
  CHECK(kept.body == "a=b");
  CHECK(kept.header("content-type") == "text/plain");
  const auto turned = post("/turn");
  CHECK(turned.method == "GET");
  CHECK(turned.body.empty());
  CHECK_FALSE(turned.header("content-type"));
}
