#include "core/store/view_making.hpp"
#include "core/store/views.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;

namespace fs = std::filesystem;

namespace {

const view_wish to_ollama{tool::ollama, {}};
const view_wish to_hf{tool::hf, {}};

struct showroom_fair {
  scratch_home home;
  scratch_folder tools;
  tool_roots roots{tools.path() / "hf", tools.path() / "ollama", tools.path() / "lms"};
  std::unique_ptr<database> db{database::open(home.where.database()).value()};
  showroom room{home.where, roots, *db};

  artifact put(const std::string& id, const std::string& ref,
               const std::vector<std::pair<std::string, std::string>>& files) {
    artifact a;
    a.id.value = id;
    a.what = parsed(ref);
    a.revision = std::string(40, id[0]);
    a.requested = a.what.from == scheme::ollama ? a.what.revision : "main";
    for (const auto& [path, text] : files)
      a.files.push_back({path, put_blob(home.where, text), text.size(), {}});
    REQUIRE(db->put_artifact(a, {}));
    return a;
  }
  /// A model of Ollama's registry.
  artifact ollama(const std::string& id, const std::string& name, const std::string& weights) {
    const auto config = "{\"of\":\"" + name + "\"}";
    return put(id, "ollama:" + name + ":latest",
               {{"config.json", config},
                {"model.gguf", weights},
                {"manifest.json", R"({"config":{"digest":"sha256:)" + sha256_hex(config) +
                                      R"("},"layers":[{"digest":"sha256:)" + sha256_hex(weights) +
                                      R"("}]})"}});
  }
  view_sight show(const artifact& a, const view_wish& wish) {
    view_making work{home.where, room, a, wish};
    for (;;)
      if (auto made = work.step()) return *made;
  }
  void renew(const artifact& a) {
    for (const auto& wish : room.flawed(a)) show(a, wish);
  }
  view_state state(const artifact& a) { return room.seen(a).at(0).state; }
  void remove(const artifact& a) {
    const auto views = room.views_of(a.id).value();
    REQUIRE(db->remove_artifact(a.id));
    room.take_down(views);
  }
  fs::path blob(const std::string& text) const {
    return roots.ollama / "blobs" / ("sha256-" + sha256_hex(text));
  }
  fs::path manifest(const std::string& name) const {
    return roots.ollama / "manifests/registry.ollama.ai/library" / name / "latest";
  }
  view_wish folder() const { return {tool::dir, tools.path() / "plain"}; }
};

} // namespace

TEST_CASE("a model is shown to Ollama without a second copy, and taken away again") {
  showroom_fair f;
  const auto a = f.ollama("a", "tiny", "weights");
  const auto shown = f.show(a, to_ollama);
  CHECK(shown.state == view_state::stands);
  CHECK(shown.how == "hard link");
  CHECK(shown.path == f.manifest("tiny"));
  CHECK(same_file(f.blob("weights"), f.home.where.blob(sha256_hex("weights"))));
  CHECK(read_file(f.manifest("tiny")) == read_file(f.home.where.blob(a.files[2].sha256)));
  CHECK_FALSE(same_file(f.manifest("tiny"), f.home.where.blob(a.files[2].sha256)));
  CHECK(f.state(a) == view_state::stands);
  CHECK(f.show(a, to_ollama) == shown);
  f.remove(a);
  CHECK_FALSE(fs::exists(f.manifest("tiny")));
  CHECK_FALSE(fs::exists(f.blob("weights")));
  CHECK(fs::is_empty(f.roots.ollama));
}

TEST_CASE("a blob that another artifact shows stays until both are gone") {
  showroom_fair f;
  const auto a = f.ollama("a", "one", "weights");
  const auto b = f.ollama("b", "two", "weights");
  f.show(a, to_ollama);
  f.show(b, to_ollama);
  f.remove(a);
  CHECK_FALSE(fs::exists(f.manifest("one")));
  CHECK(f.state(b) == view_state::stands);
  f.remove(b);
  CHECK_FALSE(fs::exists(f.blob("weights")));
}

TEST_CASE("a blob that the tool itself has come to need stays") {
  showroom_fair f;
  const auto a = f.ollama("a", "tiny", "weights");
  f.show(a, to_ollama);
  fs::create_directories(f.manifest("copy").parent_path());
  fs::copy_file(f.manifest("tiny"), f.manifest("copy"));
  f.remove(a);
  CHECK(fs::exists(f.blob("weights")));
  CHECK(fs::exists(f.manifest("copy")));
  CHECK_FALSE(fs::exists(f.manifest("tiny")));
}

TEST_CASE("a manifest that the tool has changed is said, and stays") {
  showroom_fair f;
  const auto a = f.ollama("a", "tiny", "weights");
  f.show(a, to_ollama);
  write_file(f.manifest("tiny"), "{\"new\":1}");
  const auto seen = f.room.seen(a).at(0);
  CHECK(seen.state == view_state::changed);
  CHECK(seen.why.detail.find("latest is not what hive put there") != std::string::npos);
  CHECK(f.show(a, to_ollama).why.code == errc::conflict);
  CHECK(f.state(a) == view_state::failed);
  f.remove(a);
  CHECK(read_file(f.manifest("tiny")) == "{\"new\":1}");
}

TEST_CASE("a newer model of ours takes the place of an older one's manifest") {
  showroom_fair f;
  const auto old = f.ollama("a", "tiny", "weights");
  const auto fresh = f.ollama("b", "tiny", "better");
  f.show(old, to_ollama);
  CHECK(f.show(fresh, to_ollama).state == view_state::stands);
  CHECK(f.state(old) == view_state::stands);
  f.remove(old);
  CHECK(f.state(fresh) == view_state::stands);
  CHECK_FALSE(fs::exists(f.blob("weights")));
}

TEST_CASE("what was there before is used, and left when the artifact goes") {
  showroom_fair f;
  const auto a = f.ollama("a", "tiny", "weights");
  write_file(f.blob("weights"), "weights");
  CHECK(f.show(a, to_ollama).state == view_state::stands);
  CHECK_FALSE(same_file(f.blob("weights"), f.home.where.blob(sha256_hex("weights"))));
  f.remove(a);
  CHECK(read_file(f.blob("weights")) == "weights");
}

TEST_CASE("another file under a wanted name is a conflict, and nothing is left half made") {
  showroom_fair f;
  const auto a = f.put("a", "hf:org/repo", {{"a.txt", "one"}, {"b.txt", "two"}});
  write_file(f.folder().folder / "b.txt", "TWO");
  const auto shown = f.show(a, f.folder());
  CHECK(shown.state == view_state::failed);
  CHECK(shown.why.code == errc::conflict);
  CHECK_FALSE(fs::exists(f.folder().folder / "a.txt"));
  CHECK(read_file(f.folder().folder / "b.txt") == "TWO");
  fs::remove(f.folder().folder / "b.txt");
  CHECK(f.show(a, f.folder()).state == view_state::stands);
}

TEST_CASE("a file put in the place of ours is said, and stays") {
  showroom_fair f;
  const auto a = f.put("a", "hf:org/repo", {{"a.txt", "one"}, {"b.txt", "two"}});
  f.show(a, f.folder());
  const auto at = f.folder().folder / "a.txt";
  fs::remove(at);
  CHECK(f.state(a) == view_state::changed);
  write_file(at, "mine");
  CHECK(f.state(a) == view_state::changed);
  fs::remove(f.folder().folder / "b.txt");
  f.remove(a);
  CHECK(read_file(at) == "mine");
}

TEST_CASE("a view that is gone as a whole is said, and comes back when it is asked for") {
  showroom_fair f;
  const auto a = f.ollama("a", "tiny", "weights");
  f.show(a, to_ollama);
  fs::remove_all(f.roots.ollama);
  CHECK(f.state(a) == view_state::gone);
  f.renew(a);
  CHECK(f.state(a) == view_state::gone); // nobody asked
  CHECK(f.show(a, to_ollama).state == view_state::stands);
}

TEST_CASE("a Hub cache takes a repository beside what its own tools put there") {
  showroom_fair f;
  const auto a = f.put("a", "hf:org/repo", {{"m.gguf", "one"}, {"d/c.json", "two"}});
  const auto repo = f.roots.hf / "models--org--repo";
  CHECK(f.show(a, to_hf).path == repo / "snapshots" / a.revision);
  CHECK(read_file(repo / "snapshots" / a.revision / "d/c.json") == "two");
  CHECK(read_file(repo / "refs/main") == a.revision);
  const auto other = std::string(40, 'f'); // another tool gets a newer one
  fs::create_directories(repo / "snapshots" / other);
  fs::create_symlink("../../blobs/" + sha256_hex("one"), repo / "snapshots" / other / "m.gguf");
  write_file(repo / "refs/main", other);
  CHECK(f.state(a) == view_state::stands);
  CHECK(f.show(a, to_hf).state == view_state::stands);
  CHECK(read_file(repo / "refs/main") == other);
  f.remove(a);
  CHECK(read_file(repo / "refs/main") == other);
  CHECK(read_file(repo / "snapshots" / other / "m.gguf") == "one");
  CHECK_FALSE(fs::exists(repo / "snapshots" / a.revision));
  CHECK_FALSE(fs::exists(repo / "blobs" / sha256_hex("two")));
}

TEST_CASE("a Hub cache is left empty when its last repository goes") {
  showroom_fair f;
  const auto a = f.put("a", "hf:org/repo", {{"m.gguf", "one"}});
  f.show(a, to_hf);
  f.remove(a);
  CHECK(fs::is_empty(f.roots.hf));
}

TEST_CASE("a damaged content leaves the views, and comes back when it is mended") {
  showroom_fair f;
  const auto a = f.put("a", "hf:org/repo", {{"a.txt", "one"}});
  f.show(a, f.folder());
  const auto at = f.folder().folder / "a.txt";
  REQUIRE(f.room.take_out(sha256_hex("one")));
  CHECK_FALSE(fs::exists(at));
  CHECK(f.state(a) == view_state::failed);
  f.renew(a);
  CHECK(read_file(at) == "one");
  CHECK(f.state(a) == view_state::stands);
}

TEST_CASE("one view is taken away alone, the others stay, and so does what others show") {
  showroom_fair f;
  const auto a = f.ollama("a", "tiny", "weights");
  const auto b = f.ollama("b", "other", "weights");
  f.show(a, to_ollama);
  f.show(b, to_ollama);
  f.show(a, f.folder());
  REQUIRE(f.room.remove(a.id, to_ollama));
  CHECK_FALSE(fs::exists(f.manifest("tiny")));
  CHECK(fs::exists(f.manifest("other")));
  CHECK(fs::exists(f.blob("weights")));
  REQUIRE(f.room.seen(a).size() == 1);
  CHECK(f.room.seen(a).at(0).view == to_string(f.folder()));
  CHECK(f.state(a) == view_state::stands);
  CHECK(f.room.remove(a.id, to_ollama).why().code == errc::not_found);
  REQUIRE(f.room.remove(b.id, to_ollama));
  CHECK(fs::is_empty(f.roots.ollama));
  CHECK(f.show(a, to_ollama).state == view_state::stands);
}

TEST_CASE("across file systems a view is a copy, and says so") {
  showroom_fair f;
  small_disk disk{f.tools.path() / "far", 1u << 20};
  if (!disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  const view_wish far{tool::dir, f.tools.path() / "far" / "m"};
  const auto a = f.put("a", "hf:org/repo", {{"a.txt", "one"}});
  CHECK(f.show(a, far).how == "copy");
  CHECK(f.state(a) == view_state::stands);
  CHECK(f.show(a, far).state == view_state::stands);
  const auto big = f.put("b", "hf:org/big", {{"b.bin", std::string(2u << 20, 'x')}});
  CHECK(f.show(big, far).why.code == errc::disk_full);
  CHECK_FALSE(fs::exists(far.folder / "b.bin"));
  f.remove(a);
  CHECK(fs::is_empty(far.folder));
}

TEST_CASE("a folder that may not be written to costs the view only") {
  showroom_fair f;
  const auto a = f.put("a", "hf:org/repo", {{"a.txt", "one"}});
  write_file(f.tools.path() / "plain", "a file where the folder should be");
  const auto shown = f.show(a, f.folder());
  CHECK(shown.state == view_state::failed);
  CHECK_FALSE(shown.why.detail.empty());
  f.remove(a);
}
