#include "core/base/file_version.hpp"
#include "core/net/local_url.hpp"
#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <fstream>

#include <sys/stat.h>

using namespace hive;
using namespace hive::testing;

namespace {

constexpr std::uint64_t big_local = 9 * mib + 11;

struct stat look(const std::filesystem::path& file) {
  struct stat seen {};
  REQUIRE(::stat(file.c_str(), &seen) == 0);
  return seen;
}

/// A rig, and a file beside its home that is to come into it.
struct scene {
  rig r;
  ears who;
  std::filesystem::path file{r.folder.path() / "a model#1.bin"};
  plan_file what;

  scene() {
    std::ofstream{file, std::ios::binary} << pattern(41, 0, big_local);
    file_source from;
    from.url = net::local_url(file.string());
    from.checks = {{"etag", file_version(look(file))}};
    what = {"model.bin", big_local, std::nullopt, {from}};
  }
};

} // namespace

TEST_CASE_METHOD(scene, "a local file comes without a digest, and stays what it was") {
  const auto before = look(file);
  const auto got = r.fetch(what, who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(got->sha256 == pattern_sha256(41, big_local));
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(41, big_local));
  // Whether its blocks are shared or copied: another file, which its owner cannot change.
  CHECK(look(r.home.blob(got->sha256)).st_ino != before.st_ino);
  CHECK(look(file).st_nlink == 1);
  CHECK(look(file).st_mode == before.st_mode);
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(scene, "a local file that is not as it was planned is refused") {
  SECTION("it was written to") {
    std::ofstream{file, std::ios::app} << "more";
  }
  SECTION("another one has its name") {
    const auto other = r.folder.path() / "other";
    std::ofstream{other, std::ios::binary} << pattern(42, 0, big_local);
    std::filesystem::last_write_time(other, std::filesystem::last_write_time(file));
    std::filesystem::rename(other, file);
  }
  const auto got = r.fetch(what, who);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::source_changed);
}

TEST_CASE_METHOD(scene, "a file that is given away is moved, not copied") {
  what.sources.front().given = true;
  const auto before = look(file);
  const auto got = r.fetch(what, who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(41, big_local));
  const auto blob = look(r.home.blob(got->sha256));
  CHECK(blob.st_ino == before.st_ino);
  CHECK((blob.st_mode & 0777) == 0444);
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(got->resumed == big_local);
  CHECK(who.notes_of("moved") == 1);
  CHECK(r.service->counts().bytes_received == 0);
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(scene, "a file that is given away is looked at like any other") {
  what.sources.front().given = true;
  what.path = "model.gguf";
  const auto got = r.fetch(what, who);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::not_the_artifact);
}

TEST_CASE_METHOD(scene, "a file that is given away but has another name is not moved") {
  what.sources.front().given = true;
  const auto other = r.folder.path() / "other name";
  std::filesystem::create_hard_link(file, other);
  const auto got = r.fetch(what, who);
  INFO((got ? "" : sentence(got.why())));
  REQUIRE(got);
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(41, big_local));
  CHECK(look(r.home.blob(got->sha256)).st_ino != look(other).st_ino);
  CHECK(std::filesystem::exists(file));
  CHECK(who.notes_of("moved") == 0);
}

TEST_CASE_METHOD(scene,
                 "a stop in the middle of a local file keeps what is here, for the same file") {
  r.service->limit("", 2 * mib);
  {
    auto running = r.start(what, who);
    REQUIRE(who.wait_for([](const ears& e) { return e.last().counts.received > mib; }));
    REQUIRE(stop_and_wait(running, transfer::leftover::keep));
  }
  r.service->limit("", 0);
  const auto kept = r.resumable(what);
  CHECK(kept > 0);
  ears again;
  const auto got = r.fetch(what, again);
  REQUIRE(got);
  CHECK(got->resumed == kept);
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(41, big_local));
}
