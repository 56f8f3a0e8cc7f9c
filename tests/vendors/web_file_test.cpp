/// Plain web addresses, their mirrors and Metalinks, as plans.
#include "tests/support/catch.hpp"
#include "tests/vendors/script.hpp"
#include "vendors/web_file.hpp"

#include <algorithm>

using namespace hive;
using namespace hive::vendors;

namespace {

const std::string file_url = "https://host.example/dir/m.gguf";
const std::string other = "https://mirror.example/m.gguf";
const std::string digest_a(64, 'a');

net::header_list part(std::uint64_t size, net::header_list more = {}) {
  more.emplace_back("content-range", "bytes 0-0/" + std::to_string(size));
  return more;
}

result<download_plan> pull_web(script& replies, const std::string& text, file_wish wish = {}) {
  auto what = parse_reference(text);
  if (!what) return what.why();
  return replies.play(make_web_file()->resolve(*what, std::move(wish)));
}

std::vector<std::string> sources_of(const plan_file& file) {
  std::vector<std::string> out;
  for (const auto& one : file.sources) out.push_back(one.url);
  return out;
}

} // namespace

TEST_CASE("an address costs one question for its first byte") {
  script replies;
  replies.on(file_url, 206, "G", part(1000, {{"etag", "\"v1\""}}));
  const auto plan = pull_web(replies, file_url);
  REQUIRE(plan);
  REQUIRE(replies.requests.size() == 1);
  CHECK(replies.requests[0].head_only);
  CHECK(replies.requests[0].range == byte_range{0, 1});
  REQUIRE(plan->files.size() == 1);
  const auto& file = plan->files[0];
  CHECK(file.path == "m.gguf");
  CHECK(file.size == 1000u);
  CHECK_FALSE(file.expected);
  CHECK(file.sources == std::vector<file_source>{{file_url, {}, {{"etag", "v1", true}}}});
  CHECK(plan->requested == "latest");
  CHECK(is_hex(plan->revision, 40));
  CHECK(remarks_on(*plan).size() == 1);
}

TEST_CASE("an address with a digest is pinned to it") {
  script replies;
  replies.on(file_url, 206, "G", part(1000));
  const auto plan = pull_web(replies, file_url + "#sha256=" + digest_a);
  REQUIRE(plan);
  CHECK(plan->revision == digest_a);
  CHECK(plan->requested.empty());
  CHECK(plan->files[0].expected == digest{digest_kind::sha256, digest_a});
  CHECK(remarks_on(*plan).empty());
}

TEST_CASE("another version or size at the same address is another revision") {
  const auto revision = [](std::uint64_t size, net::header_list headers) {
    script replies;
    replies.on(file_url, 206, "G", part(size, std::move(headers)));
    return pull_web(replies, file_url)->revision;
  };
  const auto one = revision(10, {{"etag", "\"1\""}});
  CHECK(revision(10, {{"etag", "\"1\""}}) == one);
  CHECK(revision(11, {{"etag", "\"1\""}}) != one);
  CHECK(revision(10, {{"etag", "\"2\""}}) != one);
  const auto weak = revision(10, {{"etag", "W/\"1\""}});
  CHECK(revision(10, {{"etag", "W/\"2\""}}) == weak);
  CHECK(revision(10, {{"last-modified", "Mon"}}) != revision(10, {{"last-modified", "Tue"}}));
}

TEST_CASE("servers without ranges, without a size and with nothing are understood") {
  const auto size = [](int status, net::header_list headers) {
    script replies;
    replies.on(file_url, status, "", std::move(headers));
    const auto plan = pull_web(replies, file_url);
    REQUIRE(plan);
    return plan->files[0].size;
  };
  CHECK(size(200, {{"content-length", "77"}}) == 77u);
  CHECK(size(200, {}) == std::nullopt);
  CHECK(size(206, {{"content-range", "bytes 0-0/*"}}) == std::nullopt);
  CHECK(size(416, {{"content-range", "bytes */0"}}) == 0u);
}

TEST_CASE("a name is the server's if it is safe, else the address's, else plain") {
  const auto name = [](const std::string& at, const std::string& disposition,
                       const std::string& led_to = {}) {
    script replies;
    auto reply = reply_of(206, "x", part(1, {{"content-disposition", disposition}}));
    reply.head.url = led_to;
    auto talk = make_web_file()->resolve(*parse_reference(at), {});
    talk.wants();
    talk.answer(std::move(reply));
    CHECK(talk.wants() == nullptr);
    const auto plan = std::move(talk).value();
    REQUIRE(plan);
    return plan->files[0].path;
  };
  CHECK(name(file_url, "attachment; filename=\"real.gguf\"") == "real.gguf");
  CHECK(name(file_url, "attachment; filename=\"../../x.gguf\"") == "x.gguf");
  CHECK(name(file_url, "attachment; filename=\"CON\"") == "m.gguf");
  CHECK(name(file_url, "attachment; filename=\"..\"") == "m.gguf");
  CHECK(name(file_url, "") == "m.gguf");
  CHECK(name("https://h/a%20b.gguf?token=x", "") == "a b.gguf");
  CHECK(name("https://h/%2e%2e", "") == "download");
  CHECK(name("https://h/a%2Fb", "") == "download");
  CHECK(name("https://h/", "", "https://cdn/real.bin?sig=1") == "real.bin");
  CHECK(name("https://h", "") == "download");
}

TEST_CASE("refusals say what to do, without the secret part of an address") {
  const auto why = [](int status, net::header_list headers = {}) {
    script replies;
    replies.on(file_url + "?X-Amz-Signature=secret", status, "", std::move(headers));
    const auto got = pull_web(replies, file_url + "?X-Amz-Signature=secret");
    REQUIRE_FALSE(got);
    CHECK_FALSE(holds(sentence(got.why()), "secret"));
    CHECK(holds(got.why().detail, "host.example"));
    return got.why();
  };
  CHECK(why(404).code == errc::entry_missing);
  CHECK(why(410).code == errc::entry_missing);
  CHECK(why(401).code == errc::credentials_needed);
  CHECK(holds(why(401).hint, "--token"));
  CHECK(why(403).code == errc::credentials_rejected);
  CHECK(holds(why(403).hint, "fresh"));
  CHECK(why(429, {{"retry-after", "9"}}).retry_after == std::chrono::seconds{9});
  CHECK(why(503).code == errc::vendor_unavailable);
  CHECK(why(206, {{"content-range", "bytes 5-5/10"}}).code == errc::unreadable_reply);
  CHECK(why(200, {{"content-encoding", "gzip"}}).code == errc::unreadable_reply);
  CHECK(why(200, {{"content-length", "99999999999999999"}}).code == errc::unreadable_reply);
}

TEST_CASE("mirrors need no question where a digest tells what comes") {
  script replies;
  replies.on(file_url, 206, "G", part(10));
  const auto plan = pull_web(replies, file_url + "#sha256=" + digest_a + "&mirror=" + other);
  REQUIRE(plan);
  CHECK(replies.asked.size() == 1);
  CHECK(sources_of(plan->files[0]) == std::vector{file_url, other});
}

TEST_CASE("without a digest a mirror must at least have the same size") {
  script replies;
  replies.on(file_url, 206, "G", part(10, {{"etag", "\"x\""}}));
  SECTION("and is taken then, with its own version") {
    replies.on(other, 206, "G", part(10, {{"etag", "\"y\""}}));
    const auto plan = pull_web(replies, file_url + "#mirror=" + other);
    REQUIRE(plan);
    CHECK(sources_of(plan->files[0]) == std::vector{file_url, other});
    CHECK(plan->files[0].sources[1].checks.at(0).value == "y");
    CHECK(plan->remarks.empty());
  }
  SECTION("else it is left out, which is said") {
    replies.on(other, 206, "G", part(11));
    const auto plan = pull_web(replies, file_url + "#mirror=" + other);
    REQUIRE(plan);
    CHECK(sources_of(plan->files[0]) == std::vector{file_url});
    REQUIRE(plan->remarks.size() == 1);
    CHECK(holds(plan->remarks[0].human, "mirror.example"));
  }
}

TEST_CASE("a mirror stands in for an address that is gone") {
  script replies;
  replies.on(file_url, 404);
  replies.on(other, 206, "G", part(10));
  const auto plan = pull_web(replies, file_url + "#sha256=" + digest_a + "&mirror=" + other);
  REQUIRE(plan);
  CHECK(sources_of(plan->files[0]) == std::vector{other});
  REQUIRE(plan->remarks.size() == 1);
  CHECK(holds(plan->remarks[0].human, "there is nothing at " + file_url));
  replies.on(other, 503);
  CHECK(pull_web(replies, file_url + "#sha256=" + digest_a + "&mirror=" + other).why().code ==
        errc::entry_missing);
}

TEST_CASE("a digest and duplicates that the reply announces are taken") {
  const std::string base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  const std::string links = "<http://b.example/m>; rel=duplicate; pri=2, <" + other +
                            ">; rel=duplicate; pri=1, <https://c/x>; rel=next";
  script replies;
  replies.on(file_url, 206, "G",
             part(10, {{"repr-digest", "sha-256=:" + base64 + ":"}, {"link", links}}));
  const auto plan = pull_web(replies, file_url);
  REQUIRE(plan);
  CHECK(plan->files[0].expected == digest{digest_kind::sha256, sha256_hex("")});
  CHECK(sources_of(plan->files[0]) ==
        std::vector<std::string>{file_url, other, "http://b.example/m"});
  CHECK(plan->requested == "latest");
  script bare;
  bare.on(file_url, 206, "G", part(10, {{"link", links}}));
  CHECK(sources_of(pull_web(bare, file_url)->files[0]) == std::vector{file_url});
}

TEST_CASE("a Metalink brings its files from all their addresses") {
  const std::string at = "https://host.example/all.meta4";
  const auto body = "<metalink xmlns='urn:ietf:params:xml:ns:metalink'><file name='d/m.gguf'>"
                    "<size>5</size><hash type='sha-256'>" +
                    digest_a +
                    "</hash><url>http://one/m</url><url>https://two/m</url></file>"
                    "<file name='n'><url>http://one/n</url><url>https://two/n</url></file>"
                    "<file name='f'><url>ftp://old/f</url></file></metalink>";
  script replies;
  replies.on(at, 200, body, {{"content-type", "application/metalink4+xml"}});
  const auto plan = pull_web(replies, at, {{}, {}, {"f"}});
  REQUIRE(plan);
  REQUIRE(plan->files.size() == 2);
  CHECK(plan->files[0].path == "n");
  CHECK(sources_of(plan->files[0]) == std::vector<std::string>{"https://two/n"});
  CHECK(plan->files[1].path == "d/m.gguf");
  CHECK(plan->files[1].expected == digest{digest_kind::sha256, digest_a});
  CHECK(sources_of(plan->files[1]) == std::vector<std::string>{"http://one/m", "https://two/m"});
  const auto old = pull_web(replies, at);
  REQUIRE_FALSE(old);
  CHECK(old.why().code == errc::unsupported);
  CHECK(holds(old.why().detail, "ftp://old/f"));
  const auto pinned = pull_web(replies, at + "#sha256=" + sha256_hex(body), {{}, {"n"}, {}});
  REQUIRE(pinned);
  CHECK(pinned->requested.empty());
  CHECK(pull_web(replies, at + "#sha256=" + digest_a).why().code == errc::digest_mismatch);
}

TEST_CASE("a token goes to the address's own origin only") {
  const auto vendor = make_web_file();
  const auto what = *parse_reference(file_url + "#sha256=" + digest_a + "&mirror=" + other);
  CHECK(vendor->serves(what));
  CHECK(vendor->keys(what, "").empty());
  CHECK(vendor->keys(what, "t").authorization_for(file_url) == "Bearer t");
  CHECK_FALSE(vendor->keys(what, "t").authorization_for(other));
}
