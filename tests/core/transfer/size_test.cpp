#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <fstream>

using namespace hive;
using namespace hive::testing;

namespace {

void check_unknown(rig& r, origin& server, std::uint64_t seed, std::uint64_t size,
                   bool digest_known) {
  auto what = rig::file(seed, size, {server.url("/f")});
  what.size.reset();
  if (!digest_known) what.expected.reset();
  ears who;
  const auto got = r.fetch(what, who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(got->size == size);
  CHECK(got->sha256 == pattern_sha256(seed, size));
  CHECK(r.blob_digest(got->sha256) == got->sha256);
  CHECK(who.last().total == size);
  CHECK(who.broken() == std::vector<std::string>{});
}

} // namespace

TEST_CASE("a size nobody told is learned from the first reply") {
  const auto size = GENERATE(as<std::uint64_t>{}, 0, 1, 4097, 37 * mib + 5);
  const bool known = GENERATE(true, false);
  CAPTURE(size, known);
  origin server;
  rig r;
  SECTION("ranges work") {
    server.serve("/f", generated(31, size));
  }
  SECTION("ranges are ignored") {
    server.serve("/f", generated(31, size), {.ignore_range = true});
  }
  SECTION("chunked, without any length") {
    server.serve("/f", generated(31, size), {.ignore_range = true, .chunked = true});
  }
  check_unknown(r, server, 31, size, known);
}

TEST_CASE("a stream of unknown length that is cut begins again from the start") {
  origin server;
  server.serve("/f", generated(32, 3 * mib),
               {.ignore_range = true, .chunked = true, .cut_after = 2 * mib});
  rig r;
  ears who;
  auto what = rig::file(32, 3 * mib, {server.url("/f")});
  what.size.reset();
  const auto running = r.start(what, who);
  REQUIRE(server.wait_for_requests("/f", 2));
  server.behave("/f", {.ignore_range = true, .chunked = true});
  const auto end = who.wait_for_end();
  REQUIRE(end);
  INFO((*end ? "" : sentence(end->why())));
  REQUIRE(*end);
  CHECK(who.last().counts.discarded >= 2 * mib);
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE("a stream that is always cut at the same place fails in the end") {
  origin server;
  server.serve("/f", generated(32, 3 * mib), {.ignore_range = true, .cut_after = 2 * mib});
  rig r;
  const auto got = r.fetch(rig::file(32, 3 * mib, {server.url("/f")}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::connection_cut);
}

TEST_CASE("without a digest two versions of a file are never mixed") {
  origin server;
  std::atomic<int> asked{0};
  const auto size = 37 * mib;
  server.answer("/f", [&](const seen& request) {
    const auto range = request.header("range").value_or("bytes=0-0");
    const auto begin = std::stoull(range.substr(6));
    const auto end =
        std::min<std::uint64_t>(std::stoull(range.substr(range.find('-') + 1)) + 1, size);
    const auto version = asked++ < 2 ? "\"one\"" : "\"two\"";
    return reply{
        .status = 206,
        .headers = {{"ETag", version},
                    {"Content-Range", "bytes " + std::to_string(begin) + "-" +
                                          std::to_string(end - 1) + "/" + std::to_string(size)}},
        .body = pattern(1, begin, end - begin)};
  });
  rig r;
  plan_file what{"weights.dat", size, std::nullopt, {{server.url("/f"), {}, {}}}};
  const auto got = r.fetch(what);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::source_changed);
}

TEST_CASE("a git object id is checked and the blob is named by SHA-256") {
  const auto size = GENERATE(as<std::uint64_t>{}, 0, 700, 2 * mib + 1);
  const auto bytes = pattern(33, 0, size);
  hasher git{digest_kind::git_sha1, size};
  git.update(bytes);
  origin server;
  server.serve("/f", text(bytes));
  rig r;
  auto what = rig::file(33, size, {server.url("/f")});
  what.expected = git.finish();
  SECTION("size known") {}
  SECTION("size unknown, chunked") {
    server.serve("/f", text(bytes), {.ignore_range = true, .chunked = true});
    what.size.reset();
  }
  const auto got = r.fetch(what);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(got->sha256 == sha256_hex(bytes));
  what.expected->hex[0] = what.expected->hex[0] == '0' ? '1' : '0';
  const auto wrong = r.fetch(what);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.why().code == errc::digest_mismatch);
}

TEST_CASE("a local file is fetched like any other") {
  scratch_folder folder;
  const auto path = folder.path() / "model.dat";
  const auto size = 30 * mib + 17;
  std::ofstream{path, std::ios::binary} << pattern(34, 0, size);
  rig r;
  ears who;
  const auto got = r.fetch(rig::file(34, size, {"file://" + path.string()}), who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(34, size));
  CHECK(who.broken().empty());
}
