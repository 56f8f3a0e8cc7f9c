#include "core/net/origin.hpp"

#include "core/base/percent.hpp"
#include "core/net/keyring.hpp"

#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::net;

TEST_CASE("an origin is scheme, lower-case host and port") {
  struct row {
    const char* url;
    origin expected;
  };
  const auto r = GENERATE(values<row>({
      {"https://HuggingFace.co/a?b#c", {"https", "huggingface.co", 443}},
      {"HTTP://host", {"http", "host", 80}},
      {"http://host:8080/x", {"http", "host", 8080}},
      {"https://host:/x", {"https", "host", 443}},
      {"https://[::1]:7835/v1", {"https", "::1", 7835}},
      {"http://[FE80::1]", {"http", "fe80::1", 80}},
      {"https://host?x=http://other/", {"https", "host", 443}},
      {"https://host#@other/", {"https", "host", 443}},
  }));
  CAPTURE(r.url);
  const auto got = origin_of(r.url);
  REQUIRE(got);
  CHECK(*got == r.expected);
}

TEST_CASE("what two readers could take for different hosts is no origin") {
  const auto url = GENERATE(values<const char*>({"",
                                                 "host/x",
                                                 "/x",
                                                 "//host/x",
                                                 "ftp://host/",
                                                 "https:/host/",
                                                 "https:host",
                                                 "https://",
                                                 "https:///x",
                                                 "https://user@host/",
                                                 "https://user:secret@host/",
                                                 "https://good\\@evil/",
                                                 "https://host:0/",
                                                 "https://host:65536/",
                                                 "https://host:80a/",
                                                 "https://host:-1/",
                                                 "https://ho st/",
                                                 "https://host%2eco/",
                                                 "https://[::1",
                                                 "https://[host]/",
                                                 "https://[::1]x:80/",
                                                 "https://host/a\r\nb",
                                                 "https://a:b:1/"}));
  CAPTURE(url);
  const auto got = origin_of(url);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::bad_reference);
  CHECK(got.why().detail.find("secret") == std::string::npos);
}

TEST_CASE("an origin is printed without its default port") {
  CHECK(to_string(origin{"https", "host", 443}) == "https://host");
  CHECK(to_string(origin{"http", "host", 443}) == "http://host:443");
  CHECK(to_string(origin{"http", "::1", 80}) == "http://[::1]");
  CHECK(to_string(origin{"http", "::1", 81}) == "http://[::1]:81");
}

TEST_CASE("only this machine is loopback") {
  for (const auto* host : {"localhost", "x.localhost", "127.0.0.1", "127.1.2.255", "::1"})
    CHECK(is_loopback({"http", host, 80}));
  for (const auto* host : {"127.0.0.1.evil.org", "127.evil", "128.0.0.1", "localhost.evil.org",
                           "127.0.0.256", "127.0.0.", "127...1", "10.0.0.1", "::2"})
    CHECK_FALSE(is_loopback({"http", host, 80}));
}

TEST_CASE("a location is resolved as RFC 3986 says") {
  struct row {
    const char* location;
    const char* expected;
  };
  const auto r = GENERATE(values<row>({
      {"https://cdn/x?Signature=a%2Fb~c&Policy=%7e+",
       "https://cdn/x?Signature=a%2Fb~c&Policy=%7e+"},
      {"https://cdn/a/../b", "https://cdn/a/../b"},
      {"//cdn:81/x", "https://cdn:81/x"},
      {"/api/resolve-cache/m?x=1&etag=%22ab%22",
       "https://hub:8443/api/resolve-cache/m?x=1&etag=%22ab%22"},
      {"g", "https://hub:8443/b/c/g"},
      {"./g", "https://hub:8443/b/c/g"},
      {"g/", "https://hub:8443/b/c/g/"},
      {"?y", "https://hub:8443/b/c/d;p?y"},
      {"g?y/./x", "https://hub:8443/b/c/g?y/./x"},
      {".", "https://hub:8443/b/c/"},
      {"..", "https://hub:8443/b/"},
      {"../g", "https://hub:8443/b/g"},
      {"../../../g", "https://hub:8443/g"},
      {"/./g", "https://hub:8443/g"},
      {"/../g", "https://hub:8443/g"},
      {"g;x=1/../y", "https://hub:8443/b/c/y"},
      {"  /a b\t", "https://hub:8443/a%20b"},
  }));
  CAPTURE(r.location);
  const auto got = resolve_location("https://hub:8443/b/c/d;p?q#f", r.location);
  REQUIRE(got);
  CHECK(*got == r.expected);
}

TEST_CASE("a location relative to a bare host starts at its root") {
  CHECK(resolve_location("http://hub", "g").value() == "http://hub/g");
  CHECK(resolve_location("http://hub?q", "/g?z").value() == "http://hub/g?z");
}

TEST_CASE("a redirect to anything but http and https is refused") {
  for (const auto* location : {"", "  ", "file:///etc/passwd", "FILE:/etc/passwd", "ftp://h/x",
                               "javascript:alert(1)", "https:x", "/a\r\nSet-Cookie: b"}) {
    CAPTURE(location);
    const auto got = resolve_location("https://hub/", location);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::redirect_refused);
  }
}

TEST_CASE("https never leads to http") {
  const origin secure{"https", "a", 443};
  const origin plain{"http", "b", 80};
  CHECK(may_follow(plain, secure));
  CHECK(may_follow(plain, plain));
  CHECK(may_follow(secure, {"https", "b", 444}));
  const auto refused = may_follow(secure, plain);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::redirect_refused);
}

TEST_CASE("percent-encoding leaves unreserved and kept characters") {
  CHECK(percent_encode("refs/pr/1") == "refs%2Fpr%2F1");
  CHECK(percent_encode("a/b c~.-_", "/") == "a/b%20c~.-_");
  CHECK(percent_encode("\xc3\xa9%") == "%C3%A9%25");
}

TEST_CASE("a secret is given out for its origin only") {
  keyring keys;
  CHECK(keys.empty());
  keys.add({{"https", "hub", 443}, "Bearer hf_x"});
  CHECK_FALSE(keys.empty());
  CHECK(keys.authorization_for("https://HUB/a/b?c") == "Bearer hf_x");
  CHECK(keys.authorization_for("https://hub:443/") == "Bearer hf_x");
  for (const auto* other :
       {"http://hub/", "https://hub:8443/", "https://cdn.hub/", "https://hub.evil/",
        "https://hub@evil/", "https://evil/?https://hub/", "https://hub.", "hub"})
    CHECK_FALSE(keys.authorization_for(other));
}
