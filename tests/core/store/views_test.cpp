#include "core/base/digest.hpp"
#include "core/store/views.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;
namespace fs = std::filesystem;

namespace {

const std::string commit_1(40, '1');
const std::string commit_2(40, '2');

artifact_file lfs(const home& where, const std::string& path, const std::string& text) {
  return {path, put_blob(where, text), text.size(), ""};
}

artifact_file plain(const home& where, const std::string& path, const std::string& text) {
  hasher hash{digest_kind::git_sha1, text.size()};
  hash.update(text);
  return {path, put_blob(where, text), text.size(), hash.finish().hex};
}

artifact hub_artifact(const std::string& id, const std::string& commit,
                      const std::string& requested, std::vector<artifact_file> files) {
  return {artifact_id{id}, parsed("hf:org/repo"), commit, requested, std::move(files), {}, {}};
}

/// Every name below a folder, relative, sorted.
std::vector<std::string> names_below(const fs::path& root) {
  std::vector<std::string> names;
  if (!fs::exists(root)) return names;
  for (const auto& entry : fs::recursive_directory_iterator{root})
    if (!entry.is_directory() || entry.is_symlink())
      names.push_back(fs::relative(entry.path().parent_path(), root) / entry.path().filename());
  for (auto& name : names)
    if (name.starts_with("./")) name.erase(0, 2);
  std::ranges::sort(names);
  return names;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("a Hub repository's view is the Hub cache layout to the byte") {
  scratch_home home;
  const auto weights = lfs(home.where, "a/b/model.gguf", "weights");
  const auto config = plain(home.where, "config.json", "{}\n");
  const auto a = hub_artifact("01", commit_1, "refs/pr/1", {config, weights});
  CHECK_FALSE(view_complete(home.where, a));
  CHECK(make_view(home.where, a).value() == link_kind::hard_link);
  CHECK(view_complete(home.where, a));

  const auto root = home.where.hub() / "models--org--repo";
  // git hash-object of "{}\n"
  CHECK(config.git_sha1 == "0967ef424bce6791893e9a57bb952f80fd536e93");
  auto expected = names{"models--org--repo/blobs/" + config.git_sha1,
                        "models--org--repo/blobs/" + weights.sha256,
                        "models--org--repo/refs/refs/pr/1",
                        "models--org--repo/snapshots/" + commit_1 + "/a/b/model.gguf",
                        "models--org--repo/snapshots/" + commit_1 + "/config.json",
                        "CACHEDIR.TAG"};
  std::ranges::sort(expected);
  CHECK(names_below(home.where.hub()) == expected);
  CHECK(read_file(root / "refs/refs/pr/1") == commit_1);
  CHECK(read_file(home.where.hub() / "CACHEDIR.TAG")
            .starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
  const auto snapshot = root / "snapshots" / commit_1;
  CHECK(view_path(home.where, a) == snapshot);
  CHECK(fs::read_symlink(snapshot / "config.json") == "../../blobs/" + config.git_sha1);
  CHECK(fs::read_symlink(snapshot / "a/b/model.gguf") == "../../../../blobs/" + weights.sha256);
  CHECK(same_file(snapshot / "a/b/model.gguf", home.where.blob(weights.sha256)));
  CHECK(same_file(snapshot / "config.json", home.where.blob(config.sha256)));
}

TEST_CASE("a Hub folder is named after the kind of repository") {
  CHECK(hub_folder(parsed("hf:org/repo")) == "models--org--repo");
  CHECK(hub_folder(parsed("hf:datasets/org/repo")) == "datasets--org--repo");
  CHECK(hub_folder(parsed("space:org/app")) == "spaces--org--app");
}

TEST_CASE("making a view again repairs what is missing and changes nothing else") {
  scratch_home home;
  const auto a =
      hub_artifact("01", commit_1, "main", {lfs(home.where, "m", "1"), lfs(home.where, "n", "2")});
  REQUIRE(make_view(home.where, a));
  const auto root = home.where.hub() / "models--org--repo";
  const auto before = names_below(root);
  SECTION("a link") {
    fs::remove(root / "snapshots" / commit_1 / "m");
  }
  SECTION("a wrong link") {
    fs::remove(root / "snapshots" / commit_1 / "m");
    fs::create_symlink("../../blobs/nowhere", root / "snapshots" / commit_1 / "m");
  }
  SECTION("a blob") {
    fs::remove(root / "blobs" / a.files[0].sha256);
  }
  SECTION("the ref") {
    fs::remove(root / "refs" / "main");
  }
  SECTION("a blob of an older, damaged content") {
    const auto blob = root / "blobs" / a.files[0].sha256;
    fs::remove(blob);
    write_file(blob, "x");
    fs::last_write_time(blob, fs::file_time_type::clock::now() - std::chrono::hours{1});
  }
  CHECK_FALSE(view_complete(home.where, a));
  REQUIRE(make_view(home.where, a));
  CHECK(view_complete(home.where, a));
  CHECK(names_below(root) == before);
  CHECK(same_file(root / "snapshots" / commit_1 / "m", home.where.blob(a.files[0].sha256)));
}

TEST_CASE("removing a view keeps what others need") {
  scratch_home home;
  const auto shared = lfs(home.where, "shared", "shared");
  const auto mine = lfs(home.where, "d/mine", "mine");
  const auto theirs = lfs(home.where, "d/theirs", "theirs");
  const auto a = hub_artifact("01", commit_1, "main", {shared, mine});
  const auto root = home.where.hub() / "models--org--repo";
  REQUIRE(make_view(home.where, a));

  SECTION("nobody else") {
    REQUIRE(remove_view(home.where, a, {a}));
    CHECK(names_below(home.where.hub()) == names{"CACHEDIR.TAG"});
    CHECK_FALSE(fs::exists(root));
    REQUIRE(remove_view(home.where, a, {}));
  }
  SECTION("another selection of the same commit") {
    const auto b = hub_artifact("02", commit_1, "main", {shared, theirs});
    REQUIRE(make_view(home.where, b));
    REQUIRE(remove_view(home.where, a, {a, b}));
    CHECK(view_complete(home.where, b));
    CHECK_FALSE(fs::exists(root / "blobs" / mine.sha256));
    CHECK_FALSE(fs::exists(root / "snapshots" / commit_1 / "d/mine"));
    CHECK(read_file(root / "refs/main") == commit_1);
  }
  SECTION("another commit of the same branch") {
    const auto b = hub_artifact("02", commit_2, "main", {shared, theirs});
    REQUIRE(make_view(home.where, b));
    REQUIRE(remove_view(home.where, a, {b}));
    CHECK(view_complete(home.where, b));
    CHECK(read_file(root / "refs/main") == commit_2);
    CHECK_FALSE(fs::exists(root / "snapshots" / commit_1));
    CHECK_FALSE(fs::exists(root / "blobs" / mine.sha256));
  }
  SECTION("another tool's snapshot") {
    const auto foreign = root / "snapshots" / commit_2;
    fs::create_directories(foreign);
    fs::create_symlink("../../blobs/" + mine.sha256, foreign / "renamed");
    REQUIRE(remove_view(home.where, a, {}));
    CHECK(read_file(foreign / "renamed") == "mine");
    CHECK_FALSE(fs::exists(root / "blobs" / shared.sha256));
  }
  SECTION("a file someone put in a link's place") {
    const auto place = root / "snapshots" / commit_1 / "d/mine";
    fs::remove(place);
    write_file(place, "edited");
    REQUIRE(remove_view(home.where, a, {}));
    CHECK(read_file(place) == "edited");
  }
}

TEST_CASE("artifacts of no Hub appear as plain files") {
  scratch_home home;
  artifact a{artifact_id{"00ff00ff00ff00ff"},
             parsed("https://example.org/m.gguf"),
             "sha256:" + std::string(64, 'a'),
             "",
             {lfs(home.where, "m.gguf", "w")},
             {},
             {}};
  CHECK_FALSE(has_hub_view(a));
  CHECK(make_view(home.where, a).value() == link_kind::hard_link);
  const auto folder = home.where.files() / a.id.value;
  CHECK(view_path(home.where, a) == folder / "m.gguf");
  CHECK(same_file(folder / "m.gguf", home.where.blob(a.files[0].sha256)));
  a.files.push_back(lfs(home.where, "sub/n.gguf", "v"));
  CHECK_FALSE(view_complete(home.where, a));
  REQUIRE(make_view(home.where, a));
  CHECK(view_complete(home.where, a));
  CHECK(view_path(home.where, a) == folder);
  REQUIRE(remove_view(home.where, a, {a}));
  CHECK_FALSE(fs::exists(folder));
}

TEST_CASE("a Hub repository without a commit has a plain view") {
  auto a = hub_artifact("01", "main", "main", {});
  CHECK_FALSE(has_hub_view(a));
  a.revision = commit_1;
  CHECK(has_hub_view(a));
}

TEST_CASE("no path of an artifact leads out of its view") {
  scratch_home home;
  auto a = hub_artifact("01", commit_1, "main", {lfs(home.where, "ok", "x")});
  SECTION("file") {
    a.files[0].path = "../../../../escape";
  }
  SECTION("absolute") {
    a.files[0].path = "/tmp/escape";
  }
  SECTION("repository") {
    a.what.name = "../../escape";
  }
  SECTION("digest") {
    a.files[0].git_sha1 = "../../../escape";
  }
  CHECK_FALSE(make_view(home.where, a));
  CHECK_FALSE(view_complete(home.where, a));
  CHECK_FALSE(remove_view(home.where, a, {}));
  CHECK(names_below(home.where.hub()).empty());
}

TEST_CASE("a branch whose name is no safe path gets no ref, and the view is whole without it") {
  scratch_home home;
  const auto a = hub_artifact("01", commit_1, "../../escape", {lfs(home.where, "m", "x")});
  REQUIRE(make_view(home.where, a));
  CHECK(view_complete(home.where, a));
  CHECK_FALSE(fs::exists(home.where.hub() / "escape"));
  CHECK_FALSE(fs::exists(home.where.hub() / "models--org--repo" / "refs"));
}

TEST_CASE("a view on another file system is copied, said so, and not copied twice") {
  scratch_home home;
  fs::remove(home.where.hub());
  small_disk disk{home.where.hub(), 4u << 20};
  if (!disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  const auto a = hub_artifact("01", commit_1, "main", {lfs(home.where, "m", "weights")});
  CHECK(make_view(home.where, a).value() == link_kind::copy);
  CHECK(view_complete(home.where, a));
  CHECK(make_view(home.where, a).value() == link_kind::hard_link);
  CHECK(read_file(view_path(home.where, a) / "m") == "weights");
}
