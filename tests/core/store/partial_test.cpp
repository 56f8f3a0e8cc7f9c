#include "core/base/digest.hpp"
#include "core/store/journal.hpp"
#include "core/store/partial.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

#include <sys/stat.h>

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;
namespace fs = std::filesystem;

namespace {

const std::string key = "sha256:" + std::string(64, 'a');
const std::string partial_stem(64, 'a');
constexpr std::uint64_t mib = 1u << 20;

range_set only(byte_range r) {
  range_set s;
  s.add(r);
  return s;
}

std::unique_ptr<partial> opened(const home& where, std::optional<std::uint64_t> size,
                                const std::string& what = key) {
  auto got = partial::open(where, what, size);
  if (!got) FAIL(got.why().detail);
  return std::move(*got);
}

bool holds_pattern(partial& p, byte_range r) {
  const pattern expected{r.begin, r.size()};
  std::vector<std::byte> seen(r.size());
  return p.read(r.begin, seen) && std::ranges::equal(seen, expected.bytes());
}

} // namespace

TEST_CASE("a partial resumes exactly what was flushed") {
  scratch_home home;
  {
    auto p = opened(home.where, 4 * mib);
    REQUIRE(p->write(mib, pattern{mib, mib}.bytes()));
    CHECK(p->durable().empty());
    REQUIRE(p->flush(only({mib, 2 * mib})));
    CHECK(p->durable() == only({mib, 2 * mib}));
    REQUIRE(p->write(0, pattern{0, mib}.bytes()));
  }
  CHECK(resumable_bytes(home.where, key) == mib);
  auto again = opened(home.where, 4 * mib);
  CHECK(again->durable() == only({mib, 2 * mib}));
  CHECK(holds_pattern(*again, {mib, 2 * mib}));
}

TEST_CASE("a journal claims whole blocks, and the end of the file") {
  scratch_home home;
  auto p = opened(home.where, 10'000);
  REQUIRE(p->write(0, pattern{0, 10'000}.bytes()));
  REQUIRE(p->flush(only({100, 5000})));
  CHECK(p->durable().empty());
  REQUIRE(p->flush(only({0, 100})));
  CHECK(p->durable() == only({0, 4096}));
  REQUIRE(p->flush(only({5000, 9999})));
  CHECK(p->durable() == only({0, 8192}));
  REQUIRE(p->flush(only({9999, 12'288})));
  CHECK(p->durable() == only({0, 10'000}));
  CHECK(opened(home.where, 10'000)->durable() == only({0, 10'000}));
}

TEST_CASE("writes of any alignment land where they belong, direct or buffered") {
  scratch_home home;
  auto p = opened(home.where, 64 * 1024);
  const pattern all{0, 64 * 1024};
  const auto bytes = all.bytes();
  REQUIRE(p->write(8192, bytes.subspan(8192, 8192)));
  REQUIRE(p->write(1, bytes.subspan(1, 8191)));
  REQUIRE(p->write(0, bytes.first(1)));
  REQUIRE(p->write(16384, bytes.subspan(16384)));
  CHECK(holds_pattern(*p, {0, 64 * 1024}));
  const pattern aligned{4096, 4096};
  std::vector<std::byte> memory(3 * 4096);
  auto* start = reinterpret_cast<std::byte*>(
      (reinterpret_cast<std::uintptr_t>(memory.data()) + 4095) / 4096 * 4096);
  REQUIRE(p->read(4096, {start, 4096}));
  CHECK(std::equal(start, start + 4096, aligned.bytes().begin()));
}

TEST_CASE("reading beyond the end is a failure, not zeroes") {
  scratch_home home;
  auto p = opened(home.where, mib);
  REQUIRE(p->write(0, pattern{0, 4096}.bytes()));
  std::vector<std::byte> more(8192);
  const auto got = p->read(0, more);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::disk_failed);
}

TEST_CASE("room is taken at once and the length says only what was written") {
  scratch_home home;
  auto p = opened(home.where, 8 * mib);
  struct stat seen {};
  REQUIRE(::stat((home.where.partials() / (partial_stem + ".data")).c_str(), &seen) == 0);
  CHECK(seen.st_size == 0);
  CHECK(static_cast<std::uint64_t>(seen.st_blocks) * 512 >= 8 * mib);
}

TEST_CASE("another size, another key or a torn journal starts from nothing") {
  scratch_home home;
  {
    auto p = opened(home.where, mib);
    REQUIRE(p->write(0, pattern{0, mib}.bytes()));
    REQUIRE(p->flush(only({0, mib})));
  }
  const auto path = home.where.partials() / (partial_stem + ".journal");
  const auto before = read_file(path);
  SECTION("another size") {
    CHECK(opened(home.where, 2 * mib)->durable().empty());
    CHECK(resumable_bytes(home.where, key) == 0);
  }
  SECTION("unknown size") {
    CHECK(opened(home.where, std::nullopt)->durable().empty());
  }
  SECTION("torn journal") {
    write_file(path, before.substr(0, before.size() - 3));
    CHECK(resumable_bytes(home.where, key) == 0);
    CHECK(opened(home.where, mib)->durable().empty());
    CHECK_FALSE(fs::exists(path));
  }
  SECTION("the journal of another content") {
    journal other{"sha256:" + std::string(64, 'b'), mib, only({0, mib})};
    write_file(path, print_journal(other));
    CHECK(resumable_bytes(home.where, key) == 0);
    CHECK(opened(home.where, mib)->durable().empty());
  }
}

TEST_CASE("a journal never outlives the data it speaks of") {
  scratch_home home;
  {
    auto p = opened(home.where, mib);
    REQUIRE(p->write(0, pattern{0, mib}.bytes()));
    REQUIRE(p->flush(only({0, mib})));
  }
  const auto data = home.where.partials() / (partial_stem + ".data");
  SECTION("data gone") {
    fs::remove(data);
    CHECK(resumable_bytes(home.where, key) == 0);
    CHECK(opened(home.where, mib)->durable().empty());
  }
  SECTION("data cut short") {
    fs::resize_file(data, 5000);
    CHECK(resumable_bytes(home.where, key) == 5000);
    auto p = opened(home.where, mib);
    CHECK(p->durable() == only({0, 4096}));
    // The file grows again; the old claim must not become true by its length alone.
    REQUIRE(p->write(mib - 4096, pattern{mib - 4096, 4096}.bytes()));
    p.reset();
    CHECK(opened(home.where, mib)->durable() == only({0, 4096}));
  }
}

TEST_CASE("forgotten ranges are not claimed by the next start") {
  scratch_home home;
  auto p = opened(home.where, mib);
  REQUIRE(p->write(0, pattern{0, mib}.bytes()));
  REQUIRE(p->flush(only({0, mib})));
  REQUIRE(p->forget({10'000, 20'000}));
  auto left = only({0, 8192});
  left.add({20'480, mib});
  CHECK(p->durable() == left);
  p.reset();
  CHECK(opened(home.where, mib)->durable() == left);
}

TEST_CASE("forgetting takes along what was flushed of blocks that were not whole") {
  scratch_home home;
  auto p = opened(home.where, 12'288);
  REQUIRE(p->write(0, pattern{0, 12'288}.bytes()));
  REQUIRE(p->flush(only({0, 5000})));
  REQUIRE(p->forget({0, 4096}));
  // Bytes 4096 to 5000 may be of another version of the content now.
  REQUIRE(p->flush(only({5000, 8192})));
  CHECK(p->durable().empty());
}

TEST_CASE("a commit leaves a read-only blob and nothing else") {
  scratch_home home;
  const pattern content{0, 10'000};
  const auto sha256 = sha256_hex({reinterpret_cast<const char*>(content.bytes().data()), 10'000});
  auto p = opened(home.where, 10'000, "sha256:" + sha256);
  // The last block padded, as direct writes leave it.
  REQUIRE(p->write(0, pattern{0, 12'288}.bytes()));
  REQUIRE(p->flush(only({0, 10'000})));
  REQUIRE(p->commit(sha256, 10'000));
  p.reset();
  CHECK(blob_size(home.where, sha256) == 10'000u);
  CHECK(sha256_hex(read_file(home.where.blob(sha256))) == sha256);
  struct stat seen {};
  REQUIRE(::stat(home.where.blob(sha256).c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777) == 0444);
  CHECK(fs::is_empty(home.where.partials()));
}

TEST_CASE("an empty file commits too") {
  scratch_home home;
  const auto sha256 = sha256_hex("");
  REQUIRE(opened(home.where, 0, "sha256:" + sha256)->commit(sha256, 0));
  CHECK(blob_size(home.where, sha256) == 0u);
}

TEST_CASE("a partial with a hole at its end does not commit") {
  scratch_home home;
  auto p = opened(home.where, mib);
  REQUIRE(p->write(0, pattern{0, 4096}.bytes()));
  const auto done = p->commit(std::string(64, 'a'), mib);
  REQUIRE_FALSE(done);
  CHECK(done.why().code == errc::size_mismatch);
  CHECK_FALSE(blob_size(home.where, std::string(64, 'a')));
}

TEST_CASE("a blob that is already there wins") {
  scratch_home home;
  const auto sha256 = put_blob(home.where, "content");
  auto p = opened(home.where, 7, "url:" + std::string(64, 'c'));
  REQUIRE(p->write(0, std::as_bytes(std::span{"conTENt", 7})));
  REQUIRE(p->commit(sha256, 7));
  CHECK(read_file(home.where.blob(sha256)) == "content");
  CHECK(fs::is_empty(home.where.partials()));
}

TEST_CASE("a commit cut short between read-only and rename goes on") {
  scratch_home home;
  {
    auto p = opened(home.where, 4096);
    REQUIRE(p->write(0, pattern{0, 4096}.bytes()));
    REQUIRE(p->flush(only({0, 4096})));
  }
  fs::permissions(home.where.partials() / (partial_stem + ".data"), fs::perms::owner_read);
  auto p = opened(home.where, 4096);
  CHECK(p->durable() == only({0, 4096}));
  CHECK(p->write(0, pattern{0, 4096}.bytes()));
}

TEST_CASE("discard and purge leave nothing and may be repeated") {
  scratch_home home;
  auto p = opened(home.where, mib);
  REQUIRE(p->write(0, pattern{0, mib}.bytes()));
  REQUIRE(p->flush(only({0, mib})));
  SECTION("discard") {
    p->discard();
    p->discard();
  }
  SECTION("purge") {
    p.reset();
    purge_partial(home.where, key);
    purge_partial(home.where, key);
  }
  CHECK(fs::is_empty(home.where.partials()));
  CHECK(resumable_bytes(home.where, key) == 0);
}

TEST_CASE("content keys name their files") {
  CHECK(partial_name("sha256:" + partial_stem) == partial_stem);
  CHECK(partial_name("git-sha1:" + std::string(40, 'b')) == "git-sha1-" + std::string(40, 'b'));
  CHECK(partial_name("url:" + partial_stem) == "url-" + partial_stem);
  for (const auto* odd : {"sha256:../../x", "", "sha256:", "md5:00", "url:\n"}) {
    const auto name = partial_name(odd);
    CHECK(name == "key-" + sha256_hex(odd));
    CHECK(is_partial_name(name));
  }
  CHECK_FALSE(is_partial_name("notes"));
}

TEST_CASE("a disk too small says what is needed and what is free, and keeps nothing of it") {
  scratch_folder folder;
  small_disk disk{folder.path() / "home", 4 * mib};
  if (!disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  const home where{folder.path() / "home"};
  REQUIRE(prepare(where));
  const auto free = free_bytes(where);
  REQUIRE(free);
  const auto got = partial::open(where, key, 64 * mib);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::disk_full);
  CHECK(got.why().detail.find("67.1 MB") != std::string::npos);
  CHECK(free_bytes(where).value() + 64 * 1024 >= *free);
  CHECK(check_room(where, 5 * mib, 0).why().code == errc::disk_full);
  CHECK(check_room(where, mib, 4 * mib).why().code == errc::disk_full);
  CHECK(check_room(where, mib, mib));
  CHECK(check_room(where, 0, 64 * mib));
}

TEST_CASE("room nobody wrote to is given back, and what is written stays") {
  scratch_home home;
  auto p = opened(home.where, 8 * mib);
  REQUIRE(p->write(0, pattern{0, mib}.bytes()));
  REQUIRE(p->flush(only({0, mib})));
  if (missing_bytes(home.where, key, 8 * mib) > 0) {
    WARN("skipped: this file system allocates nothing ahead");
    return;
  }
  p->trim();
  p.reset();
  const auto missing = missing_bytes(home.where, key, 8 * mib);
  CHECK(missing <= 7 * mib);
  CHECK(missing >= 6 * mib);
  auto again = opened(home.where, 8 * mib);
  CHECK(again->durable().contains({0, mib}));
  CHECK(holds_pattern(*again, {0, mib}));
  CHECK(missing_bytes(home.where, key, 8 * mib) == 0);
}

TEST_CASE("a disk that fills up while writing keeps every claim") {
  scratch_folder folder;
  small_disk disk{folder.path() / "home", 4 * mib};
  if (!disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  const home where{folder.path() / "home"};
  REQUIRE(prepare(where));
  auto p = opened(where, std::nullopt);
  std::uint64_t at = 0;
  auto wrote = outcome{};
  for (; at < 8 * mib && wrote; at += mib) {
    wrote = p->write(at, pattern{at, mib}.bytes());
    if (wrote) wrote = p->flush(only({at, at + mib}));
  }
  REQUIRE_FALSE(wrote);
  CHECK(wrote.why().code == errc::disk_full);
  CHECK(wrote.why().detail.find(partial_stem) != std::string::npos);
  p.reset();
  auto again = opened(where, std::nullopt);
  REQUIRE(again->durable().size() >= 2 * mib);
  for (const auto& r : again->durable().ranges()) CHECK(holds_pattern(*again, r));
}
