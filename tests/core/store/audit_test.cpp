#include "core/base/digest.hpp"
#include "core/store/audit.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/damage.hpp"
#include "core/store/partial.hpp"
#include "core/store/views.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t mebibyte = 1ull << 20;

struct audit_scene : scratch_home {
  std::string text;
  std::string sha256;

  audit_scene() {
    text.resize(20 * mebibyte + 333);
    for (std::size_t i = 0; i < text.size(); i += 512) text[i] = static_cast<char>(i / 512);
    sha256 = put_blob(where, text);
  }
  void keep_table() {
    sha256_chain chain;
    border_log log;
    log.update(chain, std::as_bytes(std::span{text}));
    REQUIRE(keep_pieces(where, log.table(chain.finish(), text.size()).value()));
  }
  void overwrite(std::uint64_t at, std::string_view bytes) {
    auto changed = read_file(where.blob(sha256));
    changed.resize(std::max<std::size_t>(changed.size(), at));
    changed.replace(at, bytes.size(), bytes);
    fs::permissions(where.blob(sha256), fs::perms::owner_write, fs::perm_options::add);
    write_file(where.blob(sha256), changed);
  }
  /// Like the audit actor, on one thread.
  blob_finding audited(std::uint64_t least = 8 * mebibyte) {
    auto parts = plan_audit(where, sha256, text.size(), least);
    if (parts.empty()) return finding_of_absent(where, sha256, text.size());
    blob_finding found{sha256, text.size(), false, {}, false, parts.front().by_table()};
    std::uint64_t checked = 0;
    for (auto& part : parts) {
      while (part.step()) {
      }
      checked += part.checked();
      found.damaged = found.damaged || part.damaged();
      found.bad.add(part.bad());
      if (part.learnt()) REQUIRE(keep_pieces(where, *part.learnt()));
    }
    CHECK(checked == text.size());
    return found;
  }
};

using ranges = std::vector<byte_range>;

} // namespace

TEST_CASE_METHOD(audit_scene,
                 "a whole blob is right, with and without a table, in parts of any length") {
  CHECK_FALSE(audited().damaged);
  CHECK(load_pieces(where, sha256, text.size())); // learnt on the way
  for (const auto least : {1 * mebibyte, 16 * mebibyte, 64 * mebibyte})
    CHECK_FALSE(audited(least).damaged);
}

TEST_CASE_METHOD(audit_scene, "wrong bytes are found in their pieces") {
  keep_table();
  overwrite(5, "x");
  overwrite(20 * mebibyte + 300, "x");
  const auto found = audited();
  CHECK(found.damaged);
  CHECK(found.bad.ranges() == ranges{{0, 8 * mebibyte}, {16 * mebibyte, 20 * mebibyte + 333}});
}

TEST_CASE_METHOD(audit_scene, "without a table it is known that bytes are wrong, not which") {
  overwrite(5, "x");
  const auto found = audited();
  CHECK(found.damaged);
  CHECK_FALSE(found.known);
  CHECK(found.bad.ranges() == ranges{{0, 20 * mebibyte + 333}});
}

TEST_CASE_METHOD(audit_scene, "a blob that was cut lacks its end, one that grew is damaged too") {
  keep_table();
  const auto table = GENERATE(true, false);
  if (!table) fs::remove(where.pieces(sha256));
  SECTION("cut") {
    fs::permissions(where.blob(sha256), fs::perms::owner_write, fs::perm_options::add);
    fs::resize_file(where.blob(sha256), 10 * mebibyte);
    const auto found = audited();
    CHECK(found.damaged);
    if (table) CHECK(found.bad.ranges() == ranges{{8 * mebibyte, 20 * mebibyte + 333}});
  }
  SECTION("grew") {
    overwrite(text.size(), "more");
    CHECK(audited().damaged);
  }
}

TEST_CASE_METHOD(
    audit_scene,
    "what is right of a damaged blob becomes its partial, and a fetch needs the rest") {
  keep_table();
  overwrite(9 * mebibyte, "x");
  const auto named = GENERATE(false, true);
  if (named) fs::create_hard_link(where.blob(sha256), where.root / "somebody's");
  const auto damaged = read_file(where.blob(sha256));
  CHECK(set_aside(where, audited()).value() == 12 * mebibyte + 333);
  CHECK_FALSE(blob_size(where, sha256));
  const auto key = "sha256:" + sha256;
  CHECK(resumable_ranges(where, key).ranges() ==
        ranges{{0, 8 * mebibyte}, {16 * mebibyte, 20 * mebibyte + 333}});
  {
    auto p = partial::open(where, key, text.size()).value();
    REQUIRE(
        p->write(8 * mebibyte, std::as_bytes(std::span{text}).subspan(8 * mebibyte, 8 * mebibyte)));
    REQUIRE(p->commit(sha256, text.size()));
  }
  CHECK(read_file(where.blob(sha256)) == text);
  // Another name of the damaged file, whoever made it, is left as it was.
  if (named) CHECK(read_file(where.root / "somebody's") == damaged);
}

TEST_CASE_METHOD(audit_scene,
                 "a content of which nothing is known to be right is kept until it stands again") {
  overwrite(9 * mebibyte, "x");
  const auto damaged = read_file(where.blob(sha256));
  CHECK(set_aside(where, audited()).value() == 0);
  CHECK_FALSE(blob_size(where, sha256));
  CHECK(read_file(where.damaged(sha256)) == damaged);
  CHECK(bytes_of(where, sha256) == where.damaged(sha256));
  CHECK(audited().damaged);
  SECTION("it is aside already") {
    CHECK(set_aside(where, audited()).value() == 0);
    CHECK(read_file(where.damaged(sha256)) == damaged);
  }
  SECTION("it comes back") {
    auto p = partial::open(where, "sha256:" + sha256, text.size()).value();
    REQUIRE(p->write(0, std::as_bytes(std::span{text})));
    REQUIRE(p->commit(sha256, text.size()));
    CHECK_FALSE(fs::exists(where.damaged(sha256)));
  }
  SECTION("a partial that is there is not touched") {
    keep_table();
    auto p = partial::open(where, "sha256:" + sha256, text.size()).value();
    CHECK(set_aside(where, audited()).value() == 0);
    CHECK(fs::exists(where.damaged(sha256)));
  }
}

TEST_CASE_METHOD(audit_scene, "of a content that is gone it is said what its partial lacks") {
  keep_table();
  overwrite(9 * mebibyte, "x");
  REQUIRE(set_aside(where, audited()));
  const auto found = audited();
  CHECK(found.gone);
  CHECK(found.bad.ranges() == ranges{{8 * mebibyte, 16 * mebibyte}});
  purge_partial(where, "sha256:" + sha256);
  CHECK(audited().bad.ranges() == ranges{{0, 20 * mebibyte + 333}});
}

TEST_CASE_METHOD(audit_scene, "an empty content is right, and gone when it is gone") {
  text.clear();
  sha256 = put_blob(where, text);
  CHECK_FALSE(audited().damaged);
  fs::remove(where.blob(sha256));
  CHECK(audited().damaged);
}

TEST_CASE_METHOD(audit_scene, "the names of a damaged blob leave the views, and nobody else's do") {
  artifact a{artifact_id{"0123456789abcdef"},
             parsed("hf:org/a"),
             std::string(40, 'a'),
             "main",
             {{"m", sha256, text.size(), ""}, {"n", put_blob(where, "other"), 5, ""}},
             {},
             {},
             {}};
  REQUIRE(make_view(where, a));
  const auto blobs = where.hub() / "models--org--a" / "blobs";
  REQUIRE(take_out_of_views(where, a, sha256));
  CHECK_FALSE(fs::exists(blobs / sha256));
  CHECK(fs::exists(blobs / a.files[1].sha256));
  CHECK_FALSE(view_complete(where, a));
  REQUIRE(make_view(where, a));
  CHECK(view_complete(where, a));
  write_file(blobs / "x", "");
  fs::remove(blobs / sha256);
  write_file(blobs / sha256, "another tool's");
  REQUIRE(take_out_of_views(where, a, sha256));
  CHECK(read_file(blobs / sha256) == "another tool's");
}
