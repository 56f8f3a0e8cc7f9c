#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include "core/store/blob_store.hpp"

#include <fstream>

#include <sys/mount.h>
#include <unistd.h>

using namespace hive;
using namespace hive::testing;

namespace {

constexpr std::uint64_t big_fault = 37 * mib;

bool nothing_committed(const rig& r) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(r.home.blobs()))
    if (entry.is_regular_file()) return false;
  return true;
}

/// A file system of a given size, when this process may mount one.
struct small_disk {
  scratch_folder folder;
  bool mounted;

  explicit small_disk(std::uint64_t bytes)
    : mounted(::mount("none", folder.path().c_str(), "tmpfs", 0,
                      ("size=" + std::to_string(bytes)).c_str()) == 0) {}
  ~small_disk() {
    if (mounted) ::umount2(folder.path().c_str(), MNT_DETACH);
  }
};

} // namespace

TEST_CASE("a server that ignores ranges is read as one stream") {
  origin server;
  server.serve("/f", generated(11, big_fault), {.ignore_range = true});
  rig r;
  ears who;
  REQUIRE(r.fetch(rig::file(11, big_fault, {server.url("/f")}), who));
  CHECK(who.notes_of("range-ignored") == 1);
  CHECK(r.service->counts().bytes_received == big_fault);
  CHECK(who.last().counts.discarded <= split_waste);
  CHECK(who.broken().empty());
}

TEST_CASE("ranges ignored in mid-file cost what was fetched, and progress does not fall") {
  origin server;
  server.serve("/f", generated(12, big_fault));
  rig r;
  r.service->limit("", 20 * mib);
  ears who;
  const auto running = r.start(rig::file(12, big_fault, {server.url("/f")}), who);
  REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.received > 6 * mib; }));
  server.behave("/f", {.ignore_range = true});
  server.drop_connections();
  r.service->limit("", 0);
  const auto end = who.wait_for_end();
  REQUIRE(end);
  INFO((*end ? "" : sentence(end->why())));
  REQUIRE(*end);
  CHECK(who.notes_of("range-ignored") == 1);
  CHECK(who.last().counts.discarded > 6 * mib);
  CHECK(r.service->counts().bytes_discarded == who.last().counts.discarded);
  CHECK(r.blob_digest((*end)->sha256) == pattern_sha256(12, big_fault));
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE("a wrong Content-Range is refused a bounded number of times") {
  origin server;
  server.serve("/f", generated(13, big_fault),
               {.content_range = "bytes 1-8388608/" + std::to_string(big_fault)});
  rig r;
  const auto got = r.fetch(rig::file(13, big_fault, {server.url("/f")}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::range_refused);
  CHECK(server.log().size() == 4);
  CHECK(server.counts().connections_made == 4);
  CHECK(nothing_committed(r));
}

TEST_CASE("a total other than expected is a changed source") {
  origin server;
  server.serve("/f", generated(13, big_fault + 1));
  rig r;
  const auto got = r.fetch(rig::file(13, big_fault, {server.url("/f")}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::source_changed);
}

TEST_CASE("a body that ends early is taken up where it ended") {
  const auto size = GENERATE(as<std::uint64_t>{}, 3 * mib + 123, big_fault);
  origin server;
  const auto cut = GENERATE(as<std::uint64_t>{}, 100, 900 * kib + 77, 2 * mib + 1);
  CAPTURE(size, cut);
  // A hundred bytes at a time would take for ever: only the first replies are that short.
  server.serve("/f", generated(14, size), {.cut_after = cut});
  rig r;
  ears who;
  const auto running = r.start(rig::file(14, size, {server.url("/f")}), who);
  if (cut < 4096) {
    REQUIRE(server.wait_for_requests("/f", 60));
    server.behave("/f", {});
  }
  const auto end = who.wait_for_end();
  REQUIRE(end);
  INFO((*end ? "" : sentence(end->why())));
  REQUIRE(*end);
  CHECK(r.service->counts().bytes_received == size);
  CHECK(who.last().counts.discarded <= split_waste);
  CHECK(who.broken().empty());
}

TEST_CASE("a reset connection is dialled again") {
  origin server;
  server.serve("/f", generated(15, big_fault), {.reset_after = 3 * mib});
  rig r;
  ears who;
  REQUIRE(r.fetch(rig::file(15, big_fault, {server.url("/f")}), who));
  CHECK(r.service->counts().lane_retries > 0);
  CHECK(who.broken().empty());
}

TEST_CASE("a connection that falls silent is dialled again") {
  origin server;
  server.serve("/f", generated(16, 3 * mib), {.stall_after = 2 * mib});
  auto options = quick();
  options.stall = 400ms;
  rig r{options};
  ears who;
  const auto running = r.start(rig::file(16, 3 * mib, {server.url("/f")}), who);
  REQUIRE(server.wait_for_requests("/f", 2));
  server.behave("/f", {});
  const auto end = who.wait_for_end();
  REQUIRE(end);
  REQUIRE(*end);
  CHECK(server.log().size() >= 2);
  CHECK(server.counts().connections_made >= 2);
}

TEST_CASE("a server that never says a word ends in a failure, not in waiting") {
  origin server;
  server.serve("/f", generated(16, mib), {.hold = std::make_shared<testing::gate>()});
  auto options = quick();
  options.stall = 50ms;
  rig r{options};
  const auto got = r.fetch(rig::file(16, mib, {server.url("/f")}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::timed_out);
  CHECK(server.log().size() == 4);
}

TEST_CASE("nobody at the address is unreachable after the tries") {
  origin server;
  server.stop();
  rig r;
  ears who;
  const auto got = r.fetch(rig::file(16, mib, {server.url("/f")}), who);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::unreachable);
  CHECK(who.notes_of("lane-retry") == 3);
}

TEST_CASE("a busy server is left alone as long as it asks for") {
  origin server;
  server.serve("/f", generated(17, mib),
               {.fail_first = 1, .fail_status = 429, .fail_headers = {{"Retry-After", "1"}}});
  auto options = quick();
  options.retry.tries = 1;
  rig r{options};
  ears who;
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(r.fetch(rig::file(17, mib, {server.url("/f")}), who));
  CHECK(std::chrono::steady_clock::now() - begun >= 1s);
  REQUIRE(who.notes_of("lane-retry") == 1);
}

TEST_CASE("an HTML page or a pointer instead of the model is named as such") {
  origin server;
  rig r;
  const auto expect = [&](plan_file what, const std::string& named) {
    const auto got = r.fetch(std::move(what));
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::not_the_artifact);
    CHECK(got.why().detail.find(named) != std::string::npos);
    CHECK(nothing_committed(r));
  };
  SECTION("a login page of another size") {
    server.serve("/f", generated(18, big_fault), {.html = true});
    expect(rig::file(18, big_fault, {server.url("/f")}), "web page");
  }
  SECTION("a login page when nothing is known") {
    server.serve("/f", text("  <!doctype HTML><title>log in"));
    plan_file what{"model.bin", std::nullopt, std::nullopt, {{server.url("/f"), {}, {}}}};
    expect(what, "web page");
  }
  SECTION("a page of the right size is what the digest says it is") {
    const std::string page = "<html>hello</html>";
    server.serve("/f", text(page));
    plan_file what{"README",
                   page.size(),
                   digest{digest_kind::sha256, std::string(64, '0')},
                   {{server.url("/f"), {}, {}}}};
    expect(what, "web page");
    what.expected->hex = sha256_hex(page);
    CHECK(r.fetch(what));
  }
  SECTION("a pointer") {
    server.serve("/f", text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"));
    expect(rig::file(18, big_fault, {server.url("/f")}), "Git LFS pointer");
  }
  SECTION("a .gguf without its magic") {
    server.serve("/f", generated(18, 2 * mib));
    auto what = rig::file(18, 2 * mib, {server.url("/f")});
    what.path = "model.Q4_K_M.gguf";
    expect(what, "no GGUF file");
  }
}

TEST_CASE("a flipped byte is fetched once more, then reported, and no blob stands") {
  origin server;
  server.serve("/f", generated(19, big_fault), {.flip_at = 20 * mib});
  rig r;
  ears who;
  const auto what = rig::file(19, big_fault, {server.url("/f")});
  const auto got = r.fetch(what, who);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::digest_mismatch);
  CHECK(got.why().detail.find(what.expected->hex) != std::string::npos);
  CHECK(got.why().detail.find("127.0.0.1:" + std::to_string(server.port())) != std::string::npos);
  CHECK(r.service->counts().bytes_received == 2 * big_fault);
  CHECK(who.notes_of("restarted") == 1);
  CHECK(who.last().counts.discarded >= 2 * big_fault); // and what came to lanes that had ended
  CHECK(r.resumable(what) == 0);
  CHECK(nothing_committed(r));
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE("the next source is asked when one is damaged, gone or dead") {
  origin bad;
  origin good;
  good.serve("/f", generated(20, big_fault));
  rig r;
  ears who;
  const auto what = rig::file(20, big_fault, {bad.url("/f"), good.url("/f")});
  SECTION("damaged") {
    bad.serve("/f", generated(20, big_fault), {.flip_at = 5});
  }
  SECTION("gone") {}
  SECTION("dead in mid-file") {
    bad.serve("/f", generated(20, big_fault));
    r.service->limit("", 20 * mib);
    const auto running = r.start(what, who);
    REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.received > 5 * mib; }));
    bad.stop();
    const auto end = who.wait_for_end();
    REQUIRE(end);
    REQUIRE(*end);
    CHECK(who.notes_of("source-switched") == 1);
    CHECK(r.service->counts().bytes_received < big_fault + 4 * mib);
    CHECK(r.blob_digest((*end)->sha256) == what.expected->hex);
    CHECK(who.broken() == std::vector<std::string>{});
    return;
  }
  const auto got = r.fetch(what, who);
  REQUIRE(got);
  CHECK(r.blob_digest(got->sha256) == what.expected->hex);
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE("a range beyond the end of what the server has now is tried once more from the start") {
  origin server;
  server.serve("/f", generated(21, 3 * mib), {.cut_after = 2 * mib});
  rig r;
  ears who;
  const auto running = r.start(rig::file(21, 3 * mib, {server.url("/f")}), who);
  std::atomic<int> asked{0};
  server.answer("/f", [&](const seen&) {
    ++asked;
    return reply{.status = 416, .headers = {{"Content-Range", "bytes */100"}}};
  });
  server.drop_connections();
  const auto end = who.wait_for_end();
  REQUIRE(end);
  REQUIRE_FALSE(*end);
  CHECK(end->why().code == errc::range_refused);
  CHECK(asked <= 3);
}

TEST_CASE("a disk that cannot hold the file is said before the first byte") {
  origin server;
  server.serve("/f", generated(22, mib));
  auto options = quick();
  options.disk_reserve = 1ull << 60;
  rig r{options};
  const auto got = r.fetch(rig::file(22, mib, {server.url("/f")}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::disk_full);
  CHECK(server.log().empty());
}

TEST_CASE("a disk that fills up in mid-file ends the fetch and keeps what is written") {
  small_disk disk{24 * mib};
  if (!disk.mounted) {
    WARN("not run: mounting a small tmpfs needs root");
    return;
  }
  origin server;
  server.serve("/f", generated(23, 20 * mib));
  rig r{quick(), disk.folder.path()};
  r.service->limit("", 10 * mib);
  ears who;
  auto what = rig::file(23, 20 * mib, {server.url("/f")});
  what.size.reset(); // with the size known the room would have been taken at once
  const auto running = r.start(what, who);
  REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.durable > 3 * mib; }));
  std::ofstream filler{disk.folder.path() / "filler", std::ios::binary};
  const std::string block(mib, 'x');
  while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  filler.close();
  const auto end = who.wait_for_end();
  REQUIRE(end);
  REQUIRE_FALSE(*end);
  CHECK(end->why().code == errc::disk_full);
  CHECK(r.resumable(what) >= who.last().counts.durable);
  CHECK(r.open_files() == 0);
  CHECK(server.wait_until([](const origin_counts& c) { return c.requests < 30; }));
  CHECK(who.broken() == std::vector<std::string>{});
}
