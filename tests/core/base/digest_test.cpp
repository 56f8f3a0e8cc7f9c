#include "core/base/digest.hpp"
#include "tests/support/catch.hpp"

#include <stdexcept>

using namespace hive;

TEST_CASE("SHA-256 of known texts") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  hasher hash{digest_kind::sha256};
  hash.update("a");
  hasher moved{std::move(hash)};
  moved.update("");
  moved.update("bc");
  CHECK(moved.finish().hex == sha256_hex("abc"));
}

TEST_CASE("a git hash covers the header that git puts before the content") {
  const auto of = [](std::string_view text) {
    hasher hash{digest_kind::git_sha1, text.size()};
    hash.update(text);
    return to_string(hash.finish());
  };
  CHECK(of("") == "git-sha1:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  CHECK(of("hello\n") == "git-sha1:ce013625030ba8dba906f756967f9e9ca394464a");
  CHECK_THROWS_AS(hasher{digest_kind::git_sha1}, std::invalid_argument);
}

TEST_CASE("digests are read as they are printed, upper case is lowered") {
  const digest d{digest_kind::sha256, sha256_hex("x")};
  CHECK(parse_digest(to_string(d)).value() == d);
  CHECK(parse_digest("sha256:" + std::string(64, 'A')).value().hex == std::string(64, 'a'));
  CHECK(parse_digest("git-sha1:" + std::string(40, '0')).value().kind == digest_kind::git_sha1);
  for (const auto& text :
       {std::string{}, std::string{"sha256:"}, "sha256:" + std::string(63, 'a'),
        "sha256:" + std::string(65, 'a'), "sha256:" + std::string(64, 'g'),
        "md5:" + std::string(32, 'a'), "git-sha1:" + std::string(64, 'a'), std::string(64, 'a')}) {
    INFO(text);
    REQUIRE_FALSE(parse_digest(text));
    CHECK(parse_digest(text).why().code == errc::bad_request);
  }
}

TEST_CASE("hex is lower case and of the asked length") {
  CHECK(is_hex("00ff", 4));
  CHECK_FALSE(is_hex("00fF", 4));
  CHECK_FALSE(is_hex("00ff", 5));
  CHECK_FALSE(is_hex("00fg", 4));
  const std::byte bytes[] = {std::byte{0}, std::byte{0x9f}, std::byte{0xff}};
  CHECK(to_hex(bytes) == "009fff");
}
