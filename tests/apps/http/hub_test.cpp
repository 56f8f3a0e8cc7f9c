#include "apps/http/hub_snapshot.hpp"
#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace hive;
using namespace hive::http::test;

namespace {

const std::string commit(40, 'c');
const std::string older(40, '0');

/// A catalog with one model in two selections, an older commit of it, a dataset and a Space.
struct hub_world {
  fake_node node;
  store::artifact_file config = node.put_file("config.json", "{\"a\":1}", true);
  store::artifact_file weights = node.put_file("sub/w.gguf", "GGUF weights", false);
  store::artifact_file large = node.put_file("big.bin", std::string(10'000'000, 'b'), true);
  std::unique_ptr<http::door> door;

  hub_world() {
    put("hf:org/repo", older, "main", {node.put_file("old.txt", "old", true)}, 1);
    put("hf:org/repo", commit, "main", {config, large}, 2);
    put("hf:org/repo", commit, "", {config, weights}, 3);
    put("hf:datasets/org/data", commit, "refs/convert/parquet", {config}, 4);
    put("space:org/app", commit, "main", {config}, 5);
    door = open_door(node);
  }

  void put(const std::string& ref, std::string revision, std::string requested,
           std::vector<store::artifact_file> files, int at) {
    store::artifact one;
    one.id.value = sha256_hex(ref + std::to_string(at)).substr(0, 16);
    one.what = parse_reference(ref).value();
    one.revision = std::move(revision);
    one.requested = std::move(requested);
    one.files = std::move(files);
    one.created = wall_time{std::chrono::seconds{at}};
    node.put_artifact(std::move(one));
  }

  answer get(const std::string& target, const headers& more = {}) const {
    return ask(door->url(), "GET", target, more);
  }
};

std::set<std::string> paths_of(const answer& listing) {
  std::set<std::string> out;
  const auto parsed = listing.json();
  for (const auto& entry : parsed.root().elements()) out.emplace(*entry["path"].string());
  return out;
}

} // namespace

TEST_CASE("a repository is shown as the union of what is here of its commit") {
  const hub_world world;
  for (const auto* target :
       {"/api/models/org/repo", "/api/models/org/repo/revision/main",
        "/api/models/org/repo/revision/HEAD?expand=sha&expand=tags",
        "/api/models/org/repo/revision/cccccccccccccccccccccccccccccccccccccccc"}) {
    INFO(target);
    const auto got = world.get(target);
    REQUIRE(got.status == 200);
    const auto body = got.json();
    CHECK(body.root()["id"].string() == std::string_view{"org/repo"});
    CHECK(body.root()["sha"].string() == std::string_view{commit});
    CHECK(body.root()["private"].boolean() == false);
    CHECK(body.root()["siblings"].elements().size() == 3);
  }
  const auto past = world.get("/api/models/org/repo/revision/" + older).json();
  CHECK(past.root()["siblings"].elements().size() == 1);
  const auto blobs = world.get("/api/models/org/repo/revision/main?blobs=true").json();
  const auto first = blobs.root()["siblings"].elements().front();
  CHECK(first["rfilename"].string() == std::string_view{"big.bin"});
  CHECK(first["lfs"]["sha256"].string() == std::string_view{world.large.sha256});
  CHECK(world.get("/api/datasets/org/data/revision/refs%2Fconvert%2Fparquet").status == 200);
  CHECK(world.get("/api/spaces/org/app").status == 200);
}

TEST_CASE("a tree has files with ids and folders, whole or level by level") {
  const hub_world world;
  const auto whole = world.get("/api/models/org/repo/tree/main?recursive=true&expand=false");
  CHECK(paths_of(whole) == std::set<std::string>{"big.bin", "config.json", "sub", "sub/w.gguf"});
  CHECK(whole.field("x-repo-commit") == commit);
  const auto listing = whole.json();
  for (const auto& entry : listing.root().elements()) {
    INFO(*entry["path"].string());
    CHECK(is_hex(*entry["oid"].string(), 40));
    const auto path = *entry["path"].string();
    CHECK(*entry["type"].string() == (path == "sub" ? "directory" : "file"));
    CHECK(entry["lfs"].is_null() == (path == "sub" || path == "config.json"));
  }
  const auto level = world.get("/api/models/org/repo/tree/main");
  CHECK(paths_of(level) == std::set<std::string>{"big.bin", "config.json", "sub"});
  const auto below = world.get("/api/models/org/repo/tree/main/sub?recursive=True");
  CHECK(paths_of(below) == std::set<std::string>{"sub/w.gguf"});
  CHECK(world.get("/api/models/org/repo/tree/main/none").field("x-error-code") == "EntryNotFound");
}

TEST_CASE("an LFS file's id is that of its pointer, as git says it") {
  // printf 'version …\noid sha256:…\nsize 5\n' | git hash-object --stdin
  const store::artifact_file file{"hello", sha256_hex("hello"), 5, ""};
  CHECK(http::pointer_text(file) ==
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\nsize 5\n");
  CHECK(http::object_id(file) == "d1ca116d6733584c13cb8bb50b21d5b5b81ee28f");
  const store::artifact_file plain{"hello", sha256_hex("hello"), 5,
                                   "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"};
  CHECK(http::object_id(plain) == plain.git_sha1);
}

TEST_CASE("a large tree is paged by links that lead through all of it") {
  hub_world world;
  std::vector<store::artifact_file> files;
  for (int i = 0; i < 2500; ++i)
    files.push_back(
        {"f" + std::to_string(10'000 + i) + " &?", std::string(64, 'a'), 1, std::string(40, 'b')});
  world.put("hf:org/many", commit, "main", files, 9);
  std::set<std::string> seen;
  std::size_t pages = 0;
  std::string target = "/api/models/org/many/tree/main?recursive=true";
  while (!target.empty() && pages < 5) {
    const auto got = world.get(target);
    REQUIRE(got.status == 200);
    ++pages;
    const auto some = paths_of(got);
    CHECK(some.size() <= 1000);
    seen.insert(some.begin(), some.end());
    const auto link = got.field("link");
    target.clear();
    if (link.empty()) break;
    CHECK(link.ends_with(">; rel=\"next\""));
    const auto base = '<' + world.door->url();
    REQUIRE(link.starts_with(base));
    target = link.substr(base.size(), link.find('>') - base.size());
  }
  CHECK(pages == 3);
  CHECK(seen.size() == 2500);
}

TEST_CASE("resolving a file gives its bytes and the Hub's headers") {
  const hub_world world;
  const auto plain = world.get("/org/repo/resolve/main/config.json");
  CHECK(plain.status == 200);
  CHECK(plain.body == "{\"a\":1}");
  CHECK(plain.field("etag") == '"' + world.config.git_sha1 + '"');
  CHECK(plain.field("x-repo-commit") == commit);
  CHECK(plain.field("x-linked-size").empty());
  CHECK(plain.field("accept-ranges") == "bytes");
  CHECK(plain.field("content-disposition").find("filename=\"config.json\"") != std::string::npos);
  const auto lfs = world.get("/org/repo/resolve/" + commit + "/sub/w.gguf?download=true",
                             {{"Range", "bytes=0-3"}});
  CHECK(lfs.status == 206);
  CHECK(lfs.body == "GGUF");
  CHECK(lfs.field("content-range") == "bytes 0-3/12");
  CHECK(lfs.field("etag") == '"' + world.weights.sha256 + '"');
  CHECK(lfs.field("x-linked-etag") == '"' + world.weights.sha256 + '"');
  CHECK(lfs.field("x-linked-size") == "12");
  wire line{world.door->url()};
  const auto head = line.ask("HEAD", "/org/repo/resolve/main/sub%2Fw.gguf");
  CHECK(head.status == 200);
  CHECK(head.field("content-length") == "12");
  CHECK(head.field("x-linked-size") == "12");
  CHECK(line.ask("GET", "/datasets/org/data/resolve/refs%2Fconvert%2Fparquet/config.json").status ==
        200);
  CHECK(line.ask("GET", "/spaces/org/app/resolve/main/config.json").status == 200);
  CHECK(line.ask("GET", "/org/repo/resolve/main/config.json",
                 {{"If-None-Match", '"' + world.config.git_sha1 + '"'}})
            .status == 304);
  CHECK(line.ask("GET", "/org/repo/raw/main/config.json").body == "{\"a\":1}");
  CHECK(line.ask("GET", "/org/repo/raw/main/sub/w.gguf").body == http::pointer_text(world.weights));
}

TEST_CASE("the first byte of an empty file is a success that tells the size") {
  hub_world world;
  world.put("hf:org/empty", commit, "main", {world.node.put_file("__init__.py", "", true)}, 9);
  const auto got = world.get("/org/empty/resolve/main/__init__.py", {{"Range", "bytes=0-0"}});
  CHECK(got.status == 200);
  CHECK(got.body.empty());
  CHECK(got.field("content-range") == "bytes */0");
  CHECK(got.field("etag") == "\"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\"");
}

TEST_CASE("what is not here is said with the Hub's error codes") {
  hub_world world;
  struct row {
    std::string target;
    std::string code;
  };
  for (const auto& one :
       {row{"/api/models/org/none", "RepoNotFound"}, row{"/api/datasets/org/repo", "RepoNotFound"},
        row{"/api/models/org/none/tree/main", "RepoNotFound"},
        row{"/api/models/org/none/refs", "RepoNotFound"},
        row{"/org/none/resolve/main/x", "RepoNotFound"},
        row{"/models/org/none/resolve/main/x", "RepoNotFound"},
        row{"/things/org/repo/resolve/main/x", "RepoNotFound"},
        row{"/gpt2/resolve/main/x", "RepoNotFound"}, row{"/api/models/gpt2", "RepoNotFound"},
        row{"/api/models/org/repo/revision/v9", "RevisionNotFound"},
        row{"/api/models/org/repo/tree/v9", "RevisionNotFound"},
        row{"/org/repo/resolve/v9/config.json", "RevisionNotFound"},
        row{"/org/repo/resolve/main/none.txt", "EntryNotFound"},
        row{"/org/repo/resolve/main/sub", "EntryNotFound"},
        row{"/org/repo/raw/main/none.txt", "EntryNotFound"}}) {
    INFO(one.target);
    const auto got = world.get(one.target);
    CHECK(got.status == 404);
    CHECK(got.field("x-error-code") == one.code);
    CHECK_FALSE(got.field("x-error-message").empty());
    CHECK(got.json().root()["error"].string());
  }
  std::filesystem::remove(world.node.home().blob(world.weights.sha256));
  const auto gone = world.get("/org/repo/resolve/main/sub/w.gguf");
  CHECK(gone.field("x-error-code") == "EntryNotFound");
  wire line{world.door->url()};
  const auto head = line.ask("HEAD", "/org/repo/resolve/main/none.txt");
  CHECK(head.field("x-error-code") == "EntryNotFound");
  CHECK(head.field("x-repo-commit") == commit);
}

TEST_CASE("branches and chosen paths are told") {
  const hub_world world;
  const auto refs = world.get("/api/models/org/repo/refs").json();
  REQUIRE(refs.root()["branches"].elements().size() == 1);
  const auto main = refs.root()["branches"].elements().front();
  CHECK(main["ref"].string() == std::string_view{"refs/heads/main"});
  CHECK(main["targetCommit"].string() == std::string_view{commit});
  const auto converts = world.get("/api/datasets/org/data/refs").json();
  CHECK(converts.root()["converts"].elements().front()["name"].string() ==
        std::string_view{"parquet"});
  const auto target = "/api/models/org/repo/paths-info/main";
  const auto post = [&](const std::string& type, const std::string& body) {
    return ask(world.door->url(), "POST", target, {{"Content-Type", type}}, body);
  };
  const std::set<std::string> expected{"config.json", "sub"};
  CHECK(paths_of(post("application/json",
                      R"({"paths":["config.json","sub","none"],"expand":true})")) == expected);
  CHECK(paths_of(post("application/x-www-form-urlencoded",
                      "paths=config.json&paths=sub&paths=none&expand=False")) == expected);
  CHECK(post("application/json", "{").status == 400);
}
