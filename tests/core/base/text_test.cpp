#include "core/base/address.hpp"
#include "core/base/ascii.hpp"
#include "core/base/spelling.hpp"
#include "core/base/utf8.hpp"
#include "core/base/version.hpp"
#include "tests/support/catch.hpp"

using namespace hive;

TEST_CASE("valid UTF-8 is told from what only looks like it") {
  for (const std::string text : {"", "plain", "é", "€", "\xF0\x9F\x90\x9D", "\xF4\x8F\xBF\xBF"}) {
    CHECK(is_utf8(text));
    CHECK(to_utf8(text) == text);
  }
  for (const std::string text : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                                 "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "a\xE2\x82", "\xFF"}) {
    CHECK_FALSE(is_utf8(text));
    CHECK(is_utf8(to_utf8(text)));
  }
  CHECK(to_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
}

TEST_CASE("addresses are split into host and port") {
  const auto split = [](std::string_view text) {
    const auto at = split_address(text);
    if (!at) return std::string{"none"};
    return std::string{at->host} + "|" + (at->port ? std::to_string(*at->port) : "");
  };
  CHECK(split("127.0.0.1:7835") == "127.0.0.1|7835");
  CHECK(split("host") == "host|");
  CHECK(split("[::1]:80") == "[::1]|80");
  CHECK(split("[::1]") == "[::1]|");
  CHECK(split("host:0") == "host|0");
  for (const auto text : {"", ":80", "host:", "host:65536", "host:8x", "host:80:80", "::1", "[::1",
                          "[]", "[x]:1", "a b", "-host", "host/x", "[::1]x", "user@host"})
    CHECK(split(text) == "none");
}

TEST_CASE("only spellings that cannot be anything else are loopback") {
  for (const auto host : {"localhost", "127.0.0.1", "127.255.0.9", "[::1]"})
    CHECK(is_loopback(host));
  for (const auto host :
       {"127.0.0.1.example.org", "127.example.org", "127.0.0", "127.", "127.0.0.1.", "0.0.0.0",
        "localhost.evil.org", "10.0.0.1", "", "127.0.0.1.2", "127..0.1"})
    CHECK_FALSE(is_loopback(host));
}

TEST_CASE("the distance of words counts changed, added and dropped letters") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "abc") == 0);
  CHECK(edit_distance("listn", "listen") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("letters change case by ASCII's rules only") {
  CHECK(ascii::lowered("AZé-09") == "azé-09");
  CHECK(ascii::uppered("azé-09") == "AZé-09");
  CHECK(ascii::hex_value('f') == 15);
  CHECK(ascii::hex_value('A') == 10);
  CHECK(ascii::hex_value('g') == -1);
  CHECK(ascii::hex_value('@') == -1);
}

TEST_CASE("the version is three numbers") {
  CHECK(std::count(version().begin(), version().end(), '.') == 2);
}
