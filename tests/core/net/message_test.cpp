#include "core/net/message.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace hive;
using namespace hive::net;
using namespace std::chrono_literals;

namespace {

reply_head partial(std::string range) {
  reply_head head;
  head.status = 206;
  head.url = "https://cdn/x?Signature=s";
  head.headers = {{"content-range", std::move(range)}};
  return head;
}

constexpr std::chrono::sys_seconds now{std::chrono::seconds{784111777}}; // 1994-11-06 08:49:37

} // namespace

TEST_CASE("a Content-Range is read strictly") {
  const auto got = parse_content_range("bytes 0-499/1234");
  REQUIRE(got);
  CHECK(got->range == byte_range{0, 500});
  CHECK(got->total == 1234u);
  const auto open = parse_content_range("Bytes 5-5/*");
  REQUIRE(open);
  CHECK(open->range == byte_range{5, 6});
  CHECK_FALSE(open->total);
  CHECK(parse_content_range("bytes 0-18446744073709551613/18446744073709551614"));
}

TEST_CASE("a Content-Range that is not one is nothing") {
  const auto text =
      GENERATE(values<const char*>({"",
                                    "bytes",
                                    "bytes */10",
                                    "bytes 0-9",
                                    "bytes 0-9/",
                                    "bytes 9-0/10",
                                    "bytes 0-10/10",
                                    "bytes 0-9/10 ",
                                    "bytes  0-9/10",
                                    "bytes=0-9/10",
                                    "bytes 0 - 9/10",
                                    "bytes +0-9/10",
                                    "bytes 0-0x9/10",
                                    "bytes -9/10",
                                    "bytes 0-/10",
                                    "items 0-9/10",
                                    "bytes 0/9-10",
                                    "bytes 0-18446744073709551615/*",
                                    "bytes 0-18446744073709551616/18446744073709551617",
                                    "bytes 0-9/99999999999999999999"}));
  CAPTURE(text);
  CHECK_FALSE(parse_content_range(text));
}

TEST_CASE("only a 206 that grants what was asked is taken") {
  const byte_range asked{100, 200};
  CHECK(check_range(partial("bytes 100-199/1000"), asked, 1000));
  CHECK(check_range(partial("bytes 100-199/1000"), asked, std::nullopt));
  CHECK(check_range(partial("bytes 100-199/*"), asked, std::nullopt));
  const auto code = [&](const reply_head& head) {
    const auto got = check_range(head, asked, 1000);
    return got ? std::optional<errc>{} : got.why().code;
  };
  CHECK(code(partial("bytes 0-99/1000")) == errc::range_refused);
  CHECK(code(partial("bytes 100-198/1000")) == errc::range_refused);
  CHECK(code(partial("bytes 100-200/1000")) == errc::range_refused);
  CHECK(code(partial("bytes 100-199/*")) == errc::range_refused);
  CHECK(code(partial("bytes 100-199/1001")) == errc::source_changed);
  CHECK(code(partial("nonsense")) == errc::range_refused);
  auto bare = partial("");
  bare.headers.clear();
  CHECK(code(bare) == errc::range_refused);
  auto zipped = partial("bytes 100-199/1000");
  zipped.headers.emplace_back("content-encoding", "gzip");
  CHECK(code(zipped) == errc::unreadable_reply);
  zipped.headers.back().second = "identity";
  CHECK_FALSE(code(zipped));
  auto lengthy = partial("bytes 100-199/1000");
  lengthy.headers.emplace_back("content-length", "101");
  CHECK(code(lengthy) == errc::range_refused);
  lengthy.headers.back().second = "100";
  CHECK_FALSE(code(lengthy));
}

TEST_CASE("a 200 to a range says that the range was ignored, without the signed link") {
  auto whole = partial("bytes 100-199/1000");
  whole.status = 200;
  const auto got = check_range(whole, {100, 200}, 1000);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::range_refused);
  CHECK(got.why().detail.find("ignored") != std::string::npos);
  CHECK(got.why().detail.find("Signature") == std::string::npos);
  whole.status = 503;
  CHECK(check_range(whole, {100, 200}, 1000).why().code == errc::vendor_unavailable);
}

TEST_CASE("entity tags lose their dress only") {
  CHECK(bare_etag("\"abc\"") == "abc");
  CHECK(bare_etag("W/\"abc\"") == "abc");
  CHECK(bare_etag(" \"abc\" ") == "abc");
  CHECK(bare_etag("abc") == "abc");
  CHECK(bare_etag("\"") == "\"");
  CHECK(bare_etag("") == "");
}

TEST_CASE("the next page is found among links") {
  const auto next = [](std::string value) { return link_next({{"link", std::move(value)}}); };
  CHECK(next("<https://h/p?cursor=a,b;c>; rel=\"next\"") == "https://h/p?cursor=a,b;c");
  CHECK(next("<https://h/1>; rel=\"last\", <https://h/2>; rel=next") == "https://h/2");
  CHECK(next("<https://h/1>;title=\"a, b; rel=next\";REL=\"prev Next\"") == "https://h/1");
  CHECK(next("</relative?x>; rel=\"next\"") == "/relative?x");
  CHECK_FALSE(next("<https://h/1>; rel=\"xet-auth\""));
  CHECK_FALSE(next("<https://h/1>; rel=\"prev\"; rel=\"next\""));
  CHECK_FALSE(next("<https://h/1>; title=\"rel=next\""));
  CHECK_FALSE(next("https://h/1; rel=\"next\""));
  CHECK_FALSE(next("<https://h/1"));
  CHECK_FALSE(next(""));
  CHECK_FALSE(link_next({}));
  CHECK(link_next({{"link", "<a>; rel=prev"}, {"link", "<b>; rel=next"}}) == "b");
}

TEST_CASE("a server's wish to be left alone is read") {
  const auto wait = [](header_list headers) { return retry_after(headers, now); };
  CHECK(wait({{"retry-after", "120"}}) == 120s);
  CHECK(wait({{"retry-after", "0"}}) == 0s);
  CHECK(wait({{"retry-after", "Sun, 06 Nov 1994 08:50:37 GMT"}}) == 60s);
  CHECK(wait({{"retry-after", "Sunday, 06-Nov-94 08:50:37 GMT"}}) == 60s);
  CHECK(wait({{"retry-after", "Sun Nov  6 08:50:37 1994"}}) == 60s);
  CHECK(wait({{"retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"}}) == 0s);
  CHECK(wait({{"retry-after", "99999999999999999999999"}}) == 366 * 24h);
  CHECK_FALSE(wait({{"retry-after", "soon"}}));
  CHECK_FALSE(wait({{"retry-after", "-5"}}));
  CHECK_FALSE(wait({}));
}

TEST_CASE("an exhausted bucket opens one second after its reset") {
  const auto wait = [](const char* value) { return retry_after({{"ratelimit", value}}, now); };
  CHECK(wait("\"resolvers\";r=0;t=37") == 38s);
  CHECK(wait("\"api\"; r=0 ; t=5, \"resolvers\";r=3;t=200") == 6s);
  CHECK(wait("\"a,b;r=1\";r=0;t=2,\"c\";r=0;t=9") == 10s);
  CHECK_FALSE(wait("\"resolvers\";r=1;t=37"));
  CHECK_FALSE(wait("\"resolvers\";t=37"));
  CHECK_FALSE(wait("\"resolvers\";r=0"));
  CHECK_FALSE(wait("\"resolvers\";r=x;t=y"));
  CHECK(retry_after({{"ratelimit", "\"x\";r=0;t=37"}, {"retry-after", "4"}}, now) == 4s);
}

TEST_CASE("GitHub's way to say that a quota is used up is read too") {
  const auto wait = [](const char* left, const char* reset) {
    return retry_after({{"x-ratelimit-remaining", left}, {"x-ratelimit-reset", reset}}, now);
  };
  CHECK(wait("0", "30") == 31s);
  CHECK(retry_after({{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1795312813"}},
                    std::chrono::sys_seconds{1795312753s}) == 61s);
  CHECK_FALSE(wait("1", "30"));
  CHECK_FALSE(wait("0", "soon"));
  reply_head head;
  head.status = 403;
  head.headers = {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "30"}};
  CHECK(failure_of_status(head, now).code == errc::rate_limited);
  CHECK(failure_of_status(head, now).retry_after == 31s);
}

TEST_CASE("a status without a vendor's word means the usual") {
  const auto of = [](int status) {
    reply_head head;
    head.status = status;
    head.url = "https://u:p@host/file?Signature=s";
    head.headers = {{"retry-after", "7"}};
    return failure_of_status(head, now);
  };
  CHECK(of(401).code == errc::credentials_needed);
  CHECK(of(403).code == errc::rate_limited); // it says when to come back
  CHECK(failure_of_status({403, {}, "https://host/", {}, 0}, now).code ==
        errc::credentials_rejected);
  CHECK(of(404).code == errc::entry_missing);
  CHECK(of(410).code == errc::entry_missing);
  CHECK(of(407).code == errc::proxy_refused);
  CHECK(of(408).code == errc::vendor_unavailable);
  CHECK(of(416).code == errc::range_refused);
  CHECK(of(429).code == errc::rate_limited);
  CHECK(of(500).code == errc::vendor_unavailable);
  CHECK(of(503).code == errc::vendor_unavailable);
  CHECK(of(400).code == errc::unreadable_reply);
  CHECK(of(302).code == errc::unreadable_reply);
  CHECK(of(429).retry_after == 7s);
  CHECK(of(404).detail.find("https://host/file") != std::string::npos);
  CHECK(of(404).detail.find("404") != std::string::npos);
  CHECK(of(404).detail.find("Signature") == std::string::npos);
}
