#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <fstream>

#include <sys/stat.h>

using namespace hive;
using namespace hive::testing;

namespace {

constexpr std::uint64_t big_adopt = 12 * mib + 3;

/// A rig, a server of pattern 71, and a file somebody else keeps.
struct adopt_scene {
  origin server;
  rig r;
  ears who;
  scratch_folder other;
  std::filesystem::path copy{other.path() / "blobs" / "a copy#1"};
  plan_file what;

  adopt_scene() {
    server.serve("/f", generated(71, big_adopt));
    what = rig::file(71, big_adopt, {server.url("/f")});
    what.copies = {{other.path() / "none", "an empty store"}, {copy, "somebody's store"}};
  }
  void keep(std::uint64_t seed, std::uint64_t size) {
    std::filesystem::create_directories(copy.parent_path());
    std::ofstream{copy, std::ios::binary} << pattern(seed, 0, size);
  }
};

} // namespace

TEST_CASE_METHOD(adopt_scene,
                 "a content that another program keeps is taken from there, and nobody is asked") {
  keep(71, big_adopt);
  const auto got = r.fetch(what, who);
  REQUIRE(got);
  CHECK(got->resumed == big_adopt);
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(71, big_adopt));
  CHECK(server.log().empty());
  CHECK(r.service->counts().bytes_received == 0);
  CHECK(r.service->counts().bytes_adopted == big_adopt);
  CHECK(who.notes_of("adopted") == 1);
  // It stays another file: what its owner does to it is not done to the blob.
  struct stat mine {};
  struct stat theirs {};
  REQUIRE(::stat(r.home.blob(got->sha256).c_str(), &mine) == 0);
  REQUIRE(::stat(copy.c_str(), &theirs) == 0);
  CHECK(mine.st_ino != theirs.st_ino);
  CHECK(theirs.st_nlink == 1);
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE_METHOD(adopt_scene,
                 "a copy with other bytes is refused, said to be wrong, and the file fetched") {
  bool same_size = false;
  SECTION("of the same size") {
    same_size = true;
    keep(72, big_adopt);
  }
  SECTION("of another size") {
    keep(71, big_adopt - 1);
  }
  const auto got = r.fetch(what, who);
  REQUIRE(got);
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(71, big_adopt));
  CHECK(who.notes_of("adoption-refused") == 1);
  CHECK(who.notes_of("adopted") == 0);
  CHECK(r.service->counts().bytes_received == big_adopt);
  CHECK(got->resumed == 0);
  CHECK(who.broken() == std::vector<std::string>{});
  CHECK(std::filesystem::file_size(copy) == (same_size ? big_adopt : big_adopt - 1));
}

TEST_CASE_METHOD(adopt_scene, "what is here already is not read from a copy again") {
  r.service->limit("", 4 * mib);
  {
    ears first;
    auto running = r.start(rig::file(71, big_adopt, {server.url("/f")}), first);
    REQUIRE(first.wait_for([](const ears& e) { return e.last().counts.received > 2 * mib; }));
    REQUIRE(stop_and_wait(running, transfer::leftover::keep));
  }
  r.service->limit("", 0);
  keep(71, big_adopt);
  const auto kept = r.resumable(what);
  REQUIRE(kept > 0);
  REQUIRE(r.fetch(what, who));
  CHECK(r.service->counts().bytes_adopted == big_adopt - kept);
}
