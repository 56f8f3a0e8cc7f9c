#include "core/base/digest.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/journal.hpp"
#include "core/store/partial.hpp"
#include "core/store/recovery.hpp"
#include "core/store/view_making.hpp"
#include "core/store/views.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;
namespace fs = std::filesystem;

namespace {

using names = std::vector<std::string>;

struct scene : scratch_home {
  scene() : db(std::move(*database::open(where.database()))) {}

  recovery_report recovered() {
    auto got = recover(where, *db);
    if (!got) FAIL(got.why().detail);
    return *got;
  }
  artifact catalogued(const std::string& id, const std::string& text) {
    artifact a{artifact_id{id},
               parsed("hf:org/" + id),
               std::string(40, 'a'),
               "main",
               {{"m", put_blob(where, text), text.size(), ""}},
               {},
               {},
               {}};
    REQUIRE(db->put_artifact(a, id));
    return a;
  }
  fs::path part(const std::string& name) const { return where.partials() / name; }

  std::unique_ptr<database> db;
};

const std::string stem(64, 'a');
const std::string left_key = "sha256:" + stem;

void make_partial(const home& where) {
  auto p = partial::open(where, left_key, 8192).value();
  REQUIRE(p->write(0, pattern{0, 8192}.bytes()));
  range_set all;
  all.add({0, 4096});
  REQUIRE(p->flush(all));
}

} // namespace

TEST_CASE_METHOD(scene, "a home in order is left as it is") {
  const auto a = catalogued("one", "content");
  REQUIRE(make_view(where, a));
  make_partial(where);
  const auto r = recovered();
  CHECK(r.views_completed + r.journals_dropped + r.temporaries_removed + r.unreferenced_bytes == 0);
  CHECK(r.damaged.empty());
  CHECK(r.unknown.empty());
  CHECK(r.views_failed.empty());
  CHECK(resumable_bytes(where, left_key) == 4096);
  CHECK(db->artifact_for_wish("one").value() == a);
}

TEST_CASE_METHOD(scene, "a first start finds nothing to do") {
  const auto r = recovered();
  CHECK(r.unknown.empty());
  CHECK(r.temporaries_removed == 0);
}

TEST_CASE_METHOD(scene, "journals without data and torn journals go, with what they spoke of") {
  make_partial(where);
  const auto text = read_file(part(stem + ".journal"));
  SECTION("the data became a blob and the journal was left") {
    fs::remove(part(stem + ".data"));
    CHECK(recovered().journals_dropped == 1);
  }
  SECTION("torn") {
    write_file(part(stem + ".journal"), text.substr(0, 40));
    const auto r = recovered();
    CHECK(r.journals_dropped == 1);
    CHECK(r.temporaries_removed == 1);
  }
  SECTION("of another content") {
    write_file(part(stem + ".journal"),
               print_journal({"sha256:" + std::string(64, 'b'), 8192, {}}));
    CHECK(recovered().journals_dropped == 1);
  }
  SECTION("data alone") {
    fs::remove(part(stem + ".journal"));
    const auto r = recovered();
    CHECK(r.journals_dropped == 0);
    CHECK(r.temporaries_removed == 1);
  }
  CHECK(fs::is_empty(where.partials()));
}

TEST_CASE_METHOD(scene, "our own temporaries go, wherever they are") {
  const auto a = catalogued("one", "content");
  REQUIRE(make_view(where, a));
  for (const auto& below :
       {where.partials(), where.blob(a.files[0].sha256).parent_path(), where.node(), where.hub(),
        where.hub() / "models--org--one" / "refs", view_path(where, a)})
    write_file(temporary_beside(below / "x"), "half");
  CHECK(recovered().temporaries_removed == 6);
  CHECK(recovered().temporaries_removed == 0);
  CHECK(view_complete(where, a));
}

TEST_CASE_METHOD(scene, "files hive did not make are reported and stay") {
  const std::vector<fs::path> strange{where.root / "blobs" / "md5" / "x",
                                      where.blobs() / "notes.txt",
                                      where.blobs() / "aa" / "readme",
                                      where.blobs() / "ab" / std::string(64, 'c'),
                                      where.files() / "mine" / "photo",
                                      part("download.data"),
                                      part(stem + ".tmp")};
  for (const auto& path : strange) write_file(path, "precious");
  const auto r = recovered();
  CHECK(r.unknown.size() == strange.size());
  CHECK(r.temporaries_removed + r.journals_dropped == 0);
  for (const auto& path : strange) CHECK(read_file(path) == "precious");
}

TEST_CASE_METHOD(scene, "the report of strange files is bounded") {
  for (int i = 0; i < 150; ++i) write_file(part("strange-" + std::to_string(i)), "x");
  const auto r = recovered();
  CHECK(r.unknown.size() == unknown_limit + 1);
  CHECK(r.unknown.back() == "… and 50 more");
}

TEST_CASE_METHOD(scene, "a commit cut short before its view is completed") {
  const auto one = catalogued("one", "content");
  const auto two = catalogued("two", "other content");
  REQUIRE(make_view(where, two));
  fs::remove(where.hub() / "models--org--two" / "refs" / "main");
  CHECK(recovered().views_completed == 2);
  CHECK(view_complete(where, one));
  CHECK(view_complete(where, two));
  CHECK(recovered().views_completed == 0);
}

TEST_CASE_METHOD(scene, "a commit cut short before the database leaves a blob to be found again") {
  put_blob(where, "1234567");
  const auto r = recovered();
  CHECK(r.unreferenced_bytes == 7);
  CHECK(blob_size(where, sha256_hex("1234567")) == 7u);
}

TEST_CASE_METHOD(scene,
                 "an artifact whose bytes are gone or cut stays known, and is served to nobody") {
  const auto kept = catalogued("kept", "kept");
  const auto lost = catalogued("lost", "lost");
  REQUIRE(make_view(where, kept));
  REQUIRE(make_view(where, lost));
  const auto plain = where.root / "plain"; // of another tool
  showroom room{where, {}, *db};
  auto made = view_making{where, room, lost, {tool::dir, plain}}.step();
  REQUIRE(made);
  REQUIRE(made->why.detail.empty());
  const auto shown = plain / lost.files[0].path;
  const auto blob = where.blob(lost.files[0].sha256);
  const auto name = where.hub() / "models--org--lost" / "blobs" / lost.files[0].sha256;
  bool cut = false;
  SECTION("gone") {
    fs::remove(blob);
  }
  SECTION("cut") {
    cut = true;
    fs::permissions(blob, fs::perms::owner_write, fs::perm_options::add);
    fs::resize_file(blob, 2);
  }
  const auto r = recovered();
  CHECK(r.damaged == names{"hf:org/lost"});
  CHECK(r.unreferenced_bytes == 0);
  CHECK_FALSE(fs::exists(blob));
  CHECK(fs::exists(where.damaged(lost.files[0].sha256)) == cut);
  CHECK(fs::exists(name) == !cut); // what is gone may still be whole there
  CHECK(fs::exists(shown) == !cut);
  CHECK(db->artifact_for_wish("lost").value() == lost);
  CHECK(db->artifact_for_wish("kept").value() == kept);
  CHECK(view_complete(where, kept));
}

TEST_CASE_METHOD(scene, "a view that cannot be made is reported and the start goes on") {
  const auto a = catalogued("one", "content");
  write_file(where.hub() / "models--org--one", "a file where a plain belongs");
  const auto r = recovered();
  REQUIRE(r.views_failed.size() == 1);
  CHECK(r.views_failed[0].starts_with("hf:org/one: "));
  CHECK(db->artifact_for_wish("one").value() == a);
}
