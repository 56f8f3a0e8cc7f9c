#include "apps/http/content_range.hpp"
#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::http::test;

namespace {

std::string pattern_bytes(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 + (i >> 8));
  return out;
}

} // namespace

TEST_CASE("a range is read as RFC 9110 says") {
  using kind = http::wanted_part::kind;
  struct row {
    std::string range;
    kind what;
    byte_range part;
  };
  const auto one =
      GENERATE(row{"bytes=0-0", kind::part, {0, 1}}, row{"bytes=10-19", kind::part, {10, 20}},
               row{"bytes=90-", kind::part, {90, 100}}, row{"bytes=90-500", kind::part, {90, 100}},
               row{"bytes=-10", kind::part, {90, 100}}, row{"bytes=-500", kind::part, {0, 100}},
               row{"bytes=-0", kind::nothing_there, {}}, row{"bytes=100-", kind::nothing_there, {}},
               row{"bytes=99999999999999999999999-", kind::nothing_there, {}},
               row{"bytes=0-99999999999999999999999", kind::part, {0, 100}},
               row{"bytes=5-4", kind::whole, {}}, row{"bytes=0-1,5-6", kind::whole, {}},
               row{"bytes=-", kind::whole, {}}, row{"bytes=a-b", kind::whole, {}},
               row{"bytes=1-b", kind::whole, {}}, row{"lines=0-1", kind::whole, {}},
               row{"bytes=", kind::whole, {}});
  http::request asked;
  asked.headers = {{"range", one.range}};
  const auto got = http::read_range(asked, 100, "\"tag\"");
  INFO(one.range);
  CHECK(got.what == one.what);
  CHECK(got.range == one.part);
  asked.headers.emplace_back("if-range", "\"other\"");
  CHECK(http::read_range(asked, 100, "\"tag\"").what == kind::whole);
}

TEST_CASE("a blob is served whole, in parts, by tag, and to HEAD") {
  fake_node node;
  const auto bytes = pattern_bytes((700 << 10) + 13);
  const auto file = node.put_file("x", bytes, false);
  const auto door = open_door(node);
  wire line{door->url()};
  const auto target = "/v1/blobs/sha256:" + file.sha256;
  const auto tag = "\"sha256:" + file.sha256 + '"';
  const auto whole = line.ask("GET", target);
  CHECK(whole.status == 200);
  CHECK((whole.body == bytes));
  CHECK(whole.field("etag") == tag);
  CHECK(whole.field("accept-ranges") == "bytes");
  CHECK(whole.field("cache-control").find("immutable") != std::string::npos);
  const auto head = line.ask("HEAD", target);
  CHECK(head.status == 200);
  CHECK(head.field("content-length") == std::to_string(bytes.size()));
  const auto part = line.ask("GET", target, {{"Range", "bytes=100000-599999"}});
  CHECK(part.status == 206);
  CHECK((part.body == bytes.substr(100000, 500000)));
  CHECK(part.field("content-range") == "bytes 100000-599999/" + std::to_string(bytes.size()));
  CHECK(line.ask("GET", target, {{"Range", "bytes=0-9"}, {"If-Range", tag}}).status == 206);
  CHECK(line.ask("GET", target, {{"Range", "bytes=0-9"}, {"If-Range", "\"x\""}}).status == 200);
  const auto beyond = line.ask("GET", target, {{"Range", "bytes=9999999-"}});
  CHECK(beyond.status == 416);
  CHECK(beyond.field("content-range") == "bytes */" + std::to_string(bytes.size()));
  const auto same = line.ask("GET", target, {{"If-None-Match", "\"a\", W/" + tag}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(line.ask("GET", target, {{"If-None-Match", "*"}}).status == 304);
}

TEST_CASE("an empty blob and a blob that is not here") {
  fake_node node;
  const auto file = node.put_file("x", "", false);
  const auto door = open_door(node);
  wire line{door->url()};
  const auto target = "/v1/blobs/sha256:" + file.sha256;
  const auto empty = line.ask("GET", target);
  CHECK(empty.status == 200);
  CHECK(empty.field("content-length") == "0");
  CHECK(line.ask("GET", target, {{"Range", "bytes=0-0"}}).status == 416);
  CHECK(line.ask("GET", "/v1/blobs/sha256:" + std::string(64, 'e')).problem_code() == "not_found");
  CHECK(line.ask("GET", "/v1/blobs/sha256:..%2f..%2fnode").problem_code() == "bad_request");
  CHECK(line.ask("GET", "/v1/blobs/git-sha1:" + std::string(40, 'e')).status == 400);
}

TEST_CASE("a client that leaves in the middle of a blob costs the others nothing") {
  fake_node node;
  const auto bytes = pattern_bytes(8 << 20);
  const auto file = node.put_file("x", bytes, false);
  const auto door = open_door(node);
  const auto target = "/v1/blobs/sha256:" + file.sha256;
  for (int i = 0; i < 8; ++i) {
    wire leaving{door->url(), 4096};
    leaving.request("GET", target);
    CHECK(leaving.receive_head().status == 200);
  }
  CHECK((ask(door->url(), "GET", target).body == bytes));
}
