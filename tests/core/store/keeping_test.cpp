/// Pins, last uses, artifacts by source, and what belongs to none.
#include "core/store/directory.hpp"
#include "core/store/leftovers.hpp"
#include "core/store/partial.hpp"
#include "core/store/usage.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

#include <sqlite3.h>

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;

namespace {

wall_time at_ms(std::int64_t ms) {
  return wall_time{std::chrono::milliseconds{ms}};
}

struct shelf {
  scratch_folder folder;
  std::unique_ptr<database> db;
  shelf() { reopen(); }
  void reopen() {
    db.reset();
    auto opened = database::open(folder.path() / "hive.db");
    REQUIRE(opened);
    db = std::move(*opened);
  }
  artifact put(const std::string& id, const std::string& ref, std::int64_t created,
               std::vector<artifact_file> files = {{"a.bin", std::string(64, 'a'), 3, ""}}) {
    artifact a;
    a.id.value = id;
    a.what = parsed(ref);
    a.revision = id + std::string(36, 'e');
    a.requested = a.what.revision.empty() ? "main" : a.what.revision;
    a.files = std::move(files);
    a.created = a.verified = at_ms(created);
    REQUIRE(db->put_artifact(a, "wish of " + id));
    return a;
  }
  artifact get(const std::string& id) { return db->get_artifact(artifact_id{id}).value().value(); }
};

std::vector<std::string> found_ids(const result<std::vector<artifact>>& found) {
  std::vector<std::string> out;
  for (const auto& a : found.value()) out.push_back(a.id.value);
  return out;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("pins and last uses survive a restart and another admission") {
  shelf s;
  auto a = s.put("aaaa", "hf:org/repo", 10);
  CHECK_FALSE(s.get("aaaa").pinned);
  CHECK_FALSE(s.get("aaaa").used);
  REQUIRE(s.db->pin_artifact(a.id, true));
  REQUIRE(s.db->put_uses({{a.id, at_ms(77)}, {artifact_id{"gone"}, at_ms(1)}}));
  REQUIRE(s.db->put_artifact(a, "another wish"));
  s.reopen();
  a.pinned = true;
  a.used = at_ms(77);
  CHECK(s.get("aaaa") == a);
  REQUIRE(s.db->pin_artifact(a.id, false));
  CHECK_FALSE(s.get("aaaa").pinned);
  CHECK(s.db->pin_artifact(artifact_id{"gone"}, true).why().code == errc::not_found);
}

TEST_CASE("a database of the second version keeps its artifacts, unpinned and never used") {
  shelf s;
  const auto a = s.put("aaaa", "hf:org/repo", 10);
  s.db.reset();
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open((s.folder.path() / "hive.db").c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw,
                       "DROP TABLE views; ALTER TABLE artifacts DROP COLUMN model;"
                       "ALTER TABLE artifacts DROP COLUMN used;"
                       "ALTER TABLE artifacts DROP COLUMN pinned;"
                       "ALTER TABLE files DROP COLUMN first_sight; PRAGMA user_version = 2",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
  s.reopen();
  CHECK(s.get("aaaa") == a);
}

TEST_CASE("a wish that moves on leaves the artifact of before unwished") {
  shelf s;
  const auto a = s.put("aaaa", "hf:org/repo", 10);
  const auto b = s.put("bbbb", "hf:org/repo", 20);
  CHECK(s.db->wished_artifacts().value() == std::set{a.id, b.id});
  REQUIRE(s.db->put_artifact(b, "wish of aaaa"));
  CHECK(s.db->wished_artifacts().value() == std::set{b.id});
}

TEST_CASE("the newest use counts, of an artifact or of whoever has a content") {
  shelf s;
  const auto a = s.put("aaaa", "hf:org/a", 1);
  const auto b = s.put("bbbb", "hf:org/b", 2);
  auto c = s.put("cccc", "hf:org/c", 3, {{"c", std::string(64, 'c'), 1, ""}});
  use_board board;
  board.note(a.id, at_ms(50));
  board.note_content(std::string(64, 'a'), at_ms(40));
  board.note_content(std::string(64, 'f'), at_ms(99)); // nobody's
  use_book book;
  book.take_over(board, *s.db);
  book.note(c.id, at_ms(9));
  book.show_in(c);
  CHECK(c.used == at_ms(9));
  c.used = at_ms(10);
  book.show_in(c);
  CHECK(c.used == at_ms(10));
  REQUIRE(book.write_to(*s.db));
  CHECK(s.get("aaaa").used == at_ms(50));
  CHECK(s.get("bbbb").used == at_ms(40));
  CHECK(s.get("cccc").used == at_ms(9));

  REQUIRE(s.db->put_uses({{a.id, at_ms(1)}, {b.id, at_ms(1)}}));
  book.note(b.id, at_ms(60));
  book.take_over(board, *s.db); // it has been emptied
  REQUIRE(book.write_to(*s.db));
  CHECK(s.get("aaaa").used == at_ms(1)); // what was written is not written again
  CHECK(s.get("bbbb").used == at_ms(60));
}

TEST_CASE("a board that nobody empties stays bounded") {
  use_board board;
  for (std::size_t i = 0; i < use_board::most + 5; ++i)
    board.note_content(std::to_string(i), at_ms(1));
  board.note_content("0", at_ms(7));
  const auto noted = board.take();
  CHECK(noted.contents.size() == use_board::most);
  CHECK(noted.contents.at("0") == at_ms(7));
}

TEST_CASE("artifacts are found by source, and changes are seen at once") {
  shelf s;
  s.put("aaaa", "hf:org/a", 1);
  const auto newer = s.put("bbbb", "hf:org/a@v1:a.bin", 2);
  s.put("cccc", "hf:datasets/org/a", 3);
  directory by_source{*s.db};
  CHECK(found_ids(by_source.of(parsed("hf:org/a@other"))) == names{"bbbb", "aaaa"});
  CHECK(found_ids(by_source.of(parsed("hf:datasets/org/a"))) == names{"cccc"});
  CHECK(found_ids(by_source.of(parsed("hf:org/b"))).empty());
  by_source.changed(s.put("dddd", "hf:org/b", 4));
  CHECK(found_ids(by_source.of(parsed("hf:org/b"))) == names{"dddd"});
  REQUIRE(s.db->pin_artifact(newer.id, true));
  by_source.changed(newer);
  CHECK(by_source.of(parsed("hf:org/a")).value().front().pinned);
  REQUIRE(s.db->remove_artifact(newer.id));
  by_source.removed(newer);
  CHECK(found_ids(by_source.of(parsed("hf:org/a"))) == names{"aaaa"});
}

TEST_CASE("what is at hand is answered without the database, within its bound") {
  shelf s;
  const auto file = [](const std::string& path) {
    return artifact_file{path, std::string(64, 'a'), 3, ""};
  };
  s.put("aaaa", "hf:org/a", 1, {file("1"), file("2")});
  s.put("bbbb", "hf:org/b", 2, {file("1"), file("2")});
  s.put("cccc", "hf:org/c", 3, {file("1"), file("2"), file("3"), file("4")});
  directory by_source{*s.db, 3};
  const auto unseen = [&](const std::string& ref) { // a change it was not told of
    REQUIRE(s.db->put_uses({{by_source.of(parsed(ref)).value().front().id, at_ms(5)}}));
    return !by_source.of(parsed(ref)).value().front().used;
  };
  CHECK(unseen("hf:org/a"));
  CHECK(unseen("hf:org/b")); // a had to go
  CHECK_FALSE(by_source.of(parsed("hf:org/a")).value().front().used == std::nullopt);
  CHECK_FALSE(unseen("hf:org/c")); // too many files to keep
}

TEST_CASE("blobs that nobody holds and unfinished files are found, what hive did not make is not") {
  scratch_home home;
  const auto held = put_blob(home.where, "held");
  const auto loose = put_blob(home.where, "loose one");
  write_file(home.where.blobs() / "zz" / "stranger", "?");
  write_file(home.where.blobs() / "ab", "a file where a folder should be");
  const auto found = loose_blobs(home.where, {held});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().name == loose);
  CHECK(found->front().bytes == 9);
  CHECK(wall_now() - found->front().changed < std::chrono::hours{1});

  const auto key = "url:" + std::string(64, '5');
  {
    auto part = partial::open(home.where, key, 100'000);
    REQUIRE(part);
    const pattern bytes{0, 8192};
    REQUIRE((*part)->write(0, bytes.bytes()));
    range_set written;
    written.add({0, 8192});
    REQUIRE((*part)->flush(written));
  }
  write_file(home.where.partials() / "note.journal", "not one of hive's");
  const auto unfinished = unfinished_files(home.where);
  REQUIRE(unfinished);
  REQUIRE(unfinished->size() == 1);
  CHECK(unfinished->front().name == key);
  CHECK(unfinished->front().bytes >= 8192);
}

TEST_CASE("a file that was trusted at first sight stays known as that") {
  shelf s;
  auto a = s.put("aaaa", "https://host/m.gguf", 10);
  a.files.front().first_sight = true;
  REQUIRE(s.db->put_artifact(a, ""));
  s.reopen();
  CHECK(s.get("aaaa").files.front().first_sight);
}
