#include "tests/core/net/network.hpp"

using namespace hive;
using namespace hive::net;
using namespace hive::net::testing;
using support::generated;
using support::pattern;
using support::text;

namespace {

constexpr std::size_t size = 1'000'000;

/// Heads a raw answer for a hook.
support::origin::hook raw(std::string bytes) {
  return [bytes = std::move(bytes)](const support::seen&) { return support::reply{.raw = bytes}; };
}

} // namespace

TEST_CASE("a range is asked for and comes exactly") {
  support::origin o;
  o.serve("/f", generated(3, size));
  auto e = start_engine();
  const byte_range asked{12'345, 700'001};
  recorder r;
  r.start(*e, {.url = o.url("/f"), .range = asked});
  REQUIRE(r.wait());
  CHECK(o.log()[0].header("range") == "bytes=12345-700000");
  CHECK(check_range(r.head(), asked, size));
  CHECK(r.body() == pattern(3, asked.begin, asked.size()));
  CHECK(e->counts().bytes_received == asked.size());
}

TEST_CASE("a server that lies about ranges is found out before its first byte is used") {
  support::origin o;
  const byte_range asked{100, 200};
  auto e = start_engine();
  errc expected = errc::range_refused;
  SECTION("it ignores them") {
    o.serve("/f", generated(3, size), {.ignore_range = true});
  }
  SECTION("it sends another one") {
    o.serve("/f", generated(3, size), {.content_range = "bytes 0-99/1000000"});
  }
  SECTION("it is of another file") {
    o.serve("/f", generated(3, size), {.content_range = "bytes 100-199/999999"});
    expected = errc::source_changed;
  }
  SECTION("it encodes them") {
    o.serve("/f", generated(3, size), {.gzip_lie = true});
    expected = errc::unreadable_reply;
  }
  SECTION("it sends a login page") {
    o.serve("/f", generated(3, size), {.html = true});
  }
  recorder r;
  r.head_came = [&](const reply_head& head) { return check_range(head, asked, size); };
  r.start(*e, {.url = o.url("/f"), .range = asked});
  const auto end = r.wait();
  REQUIRE_FALSE(end);
  CHECK(end.why().code == expected);
  CHECK(r.body().empty());
}

TEST_CASE("a body that ends too early is never a success") {
  support::origin o;
  auto e = start_engine();
  SECTION("cut at 90 % with a clean FIN") {
    o.serve("/f", generated(3, size), {.cut_after = size / 10 * 9});
  }
  SECTION("one byte short") {
    o.serve("/f", generated(3, size), {.cut_after = size - 1});
  }
  SECTION("reset") {
    o.serve("/f", generated(3, size), {.reset_after = size / 2});
  }
  SECTION("chunks without an end") {
    o.serve("/f", generated(3, size), {.chunked = true, .cut_after = size / 2});
  }
  recorder r;
  r.start(*e, {.url = o.url("/f")});
  const auto end = r.wait();
  REQUIRE_FALSE(end);
  CHECK(end.why().code == errc::connection_cut);
  CHECK(end.why().detail.find(o.url()) != std::string::npos);
  CHECK(r.body().size() < size);
  CHECK(r.body() == pattern(3, 0, r.body().size()));
  CHECK(r.ends() == 1);
}

TEST_CASE("chunks are put together") {
  support::origin o;
  o.serve("/f", generated(3, size), {.chunked = true});
  auto e = start_engine();
  recorder r;
  r.start(*e, {.url = o.url("/f")});
  REQUIRE(r.wait());
  CHECK(r.body() == pattern(3, 0, size));
}

TEST_CASE("only the last of several heads counts, and trailers do not") {
  support::origin o;
  o.answer("/x", raw("HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n"
                     "HTTP/1.1 200 OK\r\nX-Folded: a\r\n  b\r\nX-EMPTY:\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n"
                     "2\r\nhi\r\n0\r\nX-Trailer: 1\r\nHTTP/1.1 500: no head\r\n\r\n"));
  auto e = start_engine();
  recorder r;
  int heads = 0;
  r.head_came = [&](const reply_head&) -> outcome {
    ++heads;
    return {};
  };
  r.start(*e, {.url = o.url("/x")});
  REQUIRE(r.wait());
  CHECK(heads == 1);
  CHECK(r.head().status == 200);
  CHECK_FALSE(find_header(r.head().headers, "link"));
  CHECK_FALSE(find_header(r.head().headers, "x-trailer"));
  CHECK(find_header(r.head().headers, "x-folded") == "a b");
  CHECK(find_header(r.head().headers, "x-empty") == "");
  CHECK(r.body() == "hi");
}

TEST_CASE("what is no HTTP, or too much of it, is unreadable") {
  support::origin o;
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 6; ++i)
    many += "X-" + std::to_string(i) + ": " + std::string(60'000, 'x') + "\r\n";
  o.answer("/many", raw(many + "\r\n"));
  o.answer("/ssh", raw("SSH-2.0-OpenSSH_9.2\r\n"));
  auto e = start_engine();
  CHECK(get(*e, {.url = o.url("/many")}).why().code == errc::unreadable_reply);
  CHECK(get(*e, {.url = o.url("/ssh")}).why().code == errc::unreadable_reply);
}

TEST_CASE("a reply larger than allowed is unreadable") {
  support::origin o;
  o.serve("/f", text("0123456789"));
  auto e = start_engine();
  CHECK(get(*e, {.url = o.url("/f")}, 10).value().body == "0123456789");
  CHECK(get(*e, {.url = o.url("/f")}, 9).why().code == errc::unreadable_reply);
}

TEST_CASE("an error status is a reply") {
  support::origin o;
  o.serve("/f", text("fine"),
          {.fail_first = 1, .fail_status = 429, .fail_headers = {{"RateLimit", "\"r\";r=0;t=37"}}});
  auto e = start_engine();
  const auto busy = get(*e, {.url = o.url("/f")});
  REQUIRE(busy);
  CHECK(busy->head.status == 429);
  CHECK(failure_of_status(busy->head, {}).retry_after == 38s);
  const std::string other = "another bucket";
  CHECK(get(*e, {.url = o.url("/f"), .bucket = other}).value().body == "fine");
  CHECK(get(*e, {.url = o.url("/no"), .bucket = other}).value().head.status == 404);
  CHECK(get(*e, {.method = "HEAD", .url = o.url("/f"), .bucket = other}).value().body.empty());
}

TEST_CASE("a connection is used again unless another one is wanted") {
  support::origin o;
  o.serve("/f", text("x"));
  auto e = start_engine();
  REQUIRE(get(*e, {.url = o.url("/f")}));
  REQUIRE(get(*e, {.url = o.url("/f")}));
  CHECK(o.counts().connections_made == 1);
  REQUIRE(get(*e, {.url = o.url("/f"), .fresh_connection = true}));
  CHECK(o.counts().connections_made == 2);
}

TEST_CASE("nobody there, nobody of that name and no TLS are told apart") {
  auto e = start_engine();
  std::string closed;
  {
    support::origin gone;
    closed = gone.url("/x?Signature=s");
  }
  const auto refused = get(*e, {.url = closed});
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::unreachable);
  CHECK(refused.why().detail.find("127.0.0.1") != std::string::npos);
  CHECK(refused.why().detail.find("refused") != std::string::npos);
  CHECK(refused.why().detail.find("Signature") == std::string::npos);
  CHECK(get(*e, {.url = "http://nobody.invalid/"}).why().code == errc::unreachable);
  support::origin plain;
  const auto tls = get(*e, {.url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/"});
  CHECK(tls.why().code == errc::tls_failed);
  CHECK(get(*e, {.url = "ftp://host/x"}).why().code == errc::bad_reference);
  CHECK(get(*e, {.url = "http://user@host/x"}).why().code == errc::bad_reference);
  CHECK(get(*e, {.method = "GET /", .url = plain.url("/")}).why().code == errc::bad_request);
  CHECK(get(*e, {.url = plain.url("/"), .range = byte_range{5, 5}}).why().code ==
        errc::bad_request);
}

TEST_CASE("silence ends an exchange, whether before the head or in the body") {
  support::origin o;
  auto e = start_engine();
  SECTION("no answer") {
    o.serve("/f", text("x"), {.hold = std::make_shared<support::gate>()});
  }
  SECTION("no further byte") {
    o.serve("/f", generated(1, size), {.stall_after = 1000});
  }
  recorder r;
  const auto before = std::chrono::steady_clock::now();
  r.start(*e, {.url = o.url("/f"), .idle_timeout = 100ms});
  const auto end = r.wait();
  REQUIRE_FALSE(end);
  CHECK(end.why().code == errc::timed_out);
  CHECK(std::chrono::steady_clock::now() - before >= 100ms);
  CHECK(o.wait_until_idle());
}

TEST_CASE("a slow but steady server is not silent") {
  support::origin o;
  o.serve("/f", generated(1, 30'000), {.slow = 10'000}); // about three seconds
  auto e = start_engine();
  recorder r;
  r.start(*e, {.url = o.url("/f"), .idle_timeout = 1500ms});
  CHECK(r.wait());
  CHECK(r.body().size() == 30'000);
}

TEST_CASE("a total timeout holds over redirects and a trickle of bytes") {
  support::origin o;
  o.serve("/f", generated(1, size), {.slow = 2000});
  o.serve("/go", text(""), {.redirect = "/f"});
  auto e = start_engine();
  const auto got = get(*e, {.url = o.url("/go"), .total_timeout = 150ms});
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::timed_out);
  CHECK(o.wait_until_idle());
}

TEST_CASE("where only headers are wanted, a whole file that would come instead does not") {
  support::origin server;
  server.serve("/f", support::generated(3, 64u << 20));
  server.behave("/f", {.headers = {{"X-Fact", "1"}}, .ignore_range = true});
  auto e = start_engine();
  request what;
  what.url = server.url("/f");
  what.range = byte_range{0, 1};
  what.head_only = true;
  const auto whole = get(*e, what, 1000);
  REQUIRE(whole);
  CHECK(whole->head.status == 200);
  CHECK(find_header(whole->head.headers, "x-fact") == "1");
  CHECK(whole->body.empty());
  CHECK(server.wait_until_idle());
  server.behave("/f", {});
  const auto part = get(*e, what, 1000);
  REQUIRE(part);
  CHECK(part->head.status == 206);
  CHECK(part->body.size() == 1);
}
