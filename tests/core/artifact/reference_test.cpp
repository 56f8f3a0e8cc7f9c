#include "core/artifact/reference.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <string>

using namespace hive;

namespace {

const std::string hex64(64, 'a');

reference hub(std::string name, std::string revision = {}, std::string selector = {},
              repo_kind kind = repo_kind::model) {
  reference r;
  r.from = kind == repo_kind::space ? scheme::space : scheme::hf;
  r.kind = kind;
  r.name = std::move(name);
  r.revision = std::move(revision);
  r.selector = std::move(selector);
  return r;
}
reference data(std::string name, std::string revision = {}, std::string selector = {}) {
  return hub(std::move(name), std::move(revision), std::move(selector), repo_kind::dataset);
}
reference space(std::string name, std::string revision = {}, std::string selector = {}) {
  return hub(std::move(name), std::move(revision), std::move(selector), repo_kind::space);
}
reference ollama(std::string host, std::string name, std::string tag) {
  reference r;
  r.from = scheme::ollama;
  r.host = std::move(host);
  r.name = std::move(name);
  r.revision = std::move(tag);
  return r;
}
reference gh(std::string name, std::string tag = {}, std::string selector = {}) {
  auto r = hub(std::move(name), std::move(tag), std::move(selector));
  r.from = scheme::gh;
  return r;
}
reference named(scheme from, std::string name, std::string sha256 = {}) {
  reference r;
  r.from = from;
  r.name = std::move(name);
  if (!sha256.empty()) r.expected = digest{digest_kind::sha256, std::move(sha256)};
  return r;
}

reference mirrored(std::string name, std::vector<std::string> mirrors, std::string sha256 = {}) {
  auto r = named(scheme::url, std::move(name), std::move(sha256));
  r.mirrors = std::move(mirrors);
  return r;
}

struct row {
  std::string text;
  reference meant;
  std::string canonical;
};

void check(std::initializer_list<row> table) {
  for (const auto& row : table) {
    INFO(row.text);
    const auto parsed = parse_reference(row.text);
    if (!parsed) FAIL_CHECK(sentence(parsed.why()));
    if (!parsed) continue;
    CHECK(*parsed == row.meant);
    CHECK(to_string(*parsed) == row.canonical);
    const auto again = parse_reference(to_string(*parsed));
    REQUIRE(again);
    CHECK(*again == *parsed);
  }
}

} // namespace

TEST_CASE("references to the Hub as people type them") {
  const std::string commit = "0123456789abcdef0123456789abcdef01234567";
  check({
      {"org/repo", hub("org/repo"), "hf:org/repo"},
      {" org/repo\n", hub("org/repo"), "hf:org/repo"},
      {"org/repo:Q4_K_M", hub("org/repo", "", "Q4_K_M"), "hf:org/repo:Q4_K_M"},
      {"org/repo@v1.0:Q4_K_M", hub("org/repo", "v1.0", "Q4_K_M"), "hf:org/repo@v1.0:Q4_K_M"},
      {"hf:org/repo", hub("org/repo"), "hf:org/repo"},
      {"HF:Org/Repo_1.5-x", hub("Org/Repo_1.5-x"), "hf:Org/Repo_1.5-x"},
      {"hf:org/repo@" + commit, hub("org/repo", commit), "hf:org/repo@" + commit},
      {"hf:org/repo:sub/dir/*.json", hub("org/repo", "", "sub/dir/*.json"),
       "hf:org/repo:sub/dir/*.json"},
      {"hf:org/repo:a:b@c", hub("org/repo", "", "a:b@c"), "hf:org/repo:a:b@c"},
      {"hf:org/repo@a@b:c", hub("org/repo", "a@b", "c"), "hf:org/repo@a@b:c"},
      {"hf:org/repo@feature%2Fx:y", hub("org/repo", "feature/x", "y"), "hf:org/repo@feature%2Fx:y"},
      {"hf:org/repo@100%25", hub("org/repo", "100%"), "hf:org/repo@100%25"},
      {"hf:org/repo@refs/pr/12", hub("org/repo", "refs/pr/12"), "hf:org/repo@refs/pr/12"},
      {"hf:org/repo@refs/pr/12/a/b", hub("org/repo", "refs/pr/12", "a/b"),
       "hf:org/repo@refs/pr/12:a/b"},
      {"hf:org/repo@refs%2Fpr%2F12:a", hub("org/repo", "refs/pr/12", "a"),
       "hf:org/repo@refs/pr/12:a"},
      {"hf:org/repo@refs/convert/parquet:d/", hub("org/repo", "refs/convert/parquet", "d/"),
       "hf:org/repo@refs/convert/parquet:d/"},
      {"hf:org/repo@refs%2Fconvert%2Fa%2Fb", hub("org/repo", "refs/convert/a/b"),
       "hf:org/repo@refs%2Fconvert%2Fa%2Fb"},
      {"hf:org/repo@refs%2Fpr%2Fx", hub("org/repo", "refs/pr/x"), "hf:org/repo@refs%2Fpr%2Fx"},
      {"hf:org/repo@refs%2Fheads%2Fmain", hub("org/repo", "refs/heads/main"),
       "hf:org/repo@refs%2Fheads%2Fmain"},
      {"hf:models/org/repo", hub("org/repo"), "hf:org/repo"},
      {"hf:datasets/org/name", data("org/name"), "hf:datasets/org/name"},
      {"datasets/org/name@main:x", data("org/name", "main", "x"), "hf:datasets/org/name@main:x"},
      {"hf:spaces/org/name", space("org/name"), "space:org/name"},
      {"space:org/name@main:app.py", space("org/name", "main", "app.py"),
       "space:org/name@main:app.py"},
      {"space:spaces/org/name", space("org/name"), "space:org/name"},
      {"hf:" + std::string(96, 'a') + "/" + std::string(96, 'b'),
       hub(std::string(96, 'a') + "/" + std::string(96, 'b')),
       "hf:" + std::string(96, 'a') + "/" + std::string(96, 'b')},
  });
}

TEST_CASE("hf:// addresses") {
  check({
      {"hf://org/repo", hub("org/repo"), "hf:org/repo"},
      {"hf://org/repo/", hub("org/repo"), "hf:org/repo"},
      {"hf://models/org/repo@main", hub("org/repo", "main"), "hf:org/repo@main"},
      {"hf://datasets/org/repo@v1/train/x.parquet", data("org/repo", "v1", "train/x.parquet"),
       "hf:datasets/org/repo@v1:train/x.parquet"},
      {"hf://spaces/org/repo/folder/", space("org/repo", "", "folder/"), "space:org/repo:folder/"},
      {"hf://org/repo@refs/pr/3/config.json", hub("org/repo", "refs/pr/3", "config.json"),
       "hf:org/repo@refs/pr/3:config.json"},
      {"hf://org/repo@refs/convert/parquet/a", hub("org/repo", "refs/convert/parquet", "a"),
       "hf:org/repo@refs/convert/parquet:a"},
      {"hf://org/repo/model.gguf", hub("org/repo", "", "model.gguf"), "hf:org/repo:model.gguf"},
  });
}

TEST_CASE("addresses of Hub pages pasted from a browser") {
  check({
      {"https://huggingface.co/org/repo", hub("org/repo"), "hf:org/repo"},
      {"https://huggingface.co/org/repo/", hub("org/repo"), "hf:org/repo"},
      {"https://www.huggingface.co/org/repo?x=1#readme", hub("org/repo"), "hf:org/repo"},
      {"http://hf.co/org/repo", hub("org/repo"), "hf:org/repo"},
      {"HTTPS://HuggingFace.co/Org/Repo", hub("Org/Repo"), "hf:Org/Repo"},
      {"huggingface.co/org/repo", hub("org/repo"), "hf:org/repo"},
      {"hf.co/user/repo:Q8_0", hub("user/repo", "", "Q8_0"), "hf:user/repo:Q8_0"},
      {"hf.co/user/repo:latest", hub("user/repo"), "hf:user/repo"},
      {"hf.co/user/repo:model.gguf", hub("user/repo", "", "model.gguf"), "hf:user/repo:model.gguf"},
      {"https://huggingface.co/org/repo/tree/main", hub("org/repo", "main"), "hf:org/repo@main"},
      {"https://huggingface.co/org/repo/tree/main/", hub("org/repo", "main"), "hf:org/repo@main"},
      {"https://huggingface.co/org/repo/tree/main/onnx", hub("org/repo", "main", "onnx/"),
       "hf:org/repo@main:onnx/"},
      {"https://huggingface.co/org/repo/blob/v1/a%20b/c.gguf", hub("org/repo", "v1", "a b/c.gguf"),
       "hf:org/repo@v1:a b/c.gguf"},
      {"https://huggingface.co/org/repo/resolve/main/m.gguf?download=true",
       hub("org/repo", "main", "m.gguf"), "hf:org/repo@main:m.gguf"},
      {"https://huggingface.co/org/repo/raw/refs%2Fpr%2F1/x", hub("org/repo", "refs/pr/1", "x"),
       "hf:org/repo@refs/pr/1:x"},
      {"https://huggingface.co/org/repo/blob/refs/pr/1/x", hub("org/repo", "refs/pr/1", "x"),
       "hf:org/repo@refs/pr/1:x"},
      {"https://huggingface.co/datasets/org/d/tree/main/data", data("org/d", "main", "data/"),
       "hf:datasets/org/d@main:data/"},
      {"https://huggingface.co/spaces/org/s/blob/main/app.py", space("org/s", "main", "app.py"),
       "space:org/s@main:app.py"},
  });
}

TEST_CASE("references to other vendors and places") {
  check({
      {"ollama:llama3.2", ollama("registry.ollama.ai", "library/llama3.2", "latest"),
       "ollama:llama3.2:latest"},
      {"ollama:llama3.2:1b", ollama("registry.ollama.ai", "library/llama3.2", "1b"),
       "ollama:llama3.2:1b"},
      {"ollama:library/llama3.2", ollama("registry.ollama.ai", "library/llama3.2", "latest"),
       "ollama:llama3.2:latest"},
      {"ollama:me/m:Q4_K_M", ollama("registry.ollama.ai", "me/m", "Q4_K_M"), "ollama:me/m:Q4_K_M"},
      {"ollama:registry.ollama.ai/me/m", ollama("registry.ollama.ai", "me/m", "latest"),
       "ollama:me/m:latest"},
      {"ollama:localhost:5000/library/m:x", ollama("localhost:5000", "library/m", "x"),
       "ollama:localhost:5000/library/m:x"},
      {"ollama:hf.co/user/repo:Q8_0", ollama("hf.co", "user/repo", "Q8_0"),
       "ollama:hf.co/user/repo:Q8_0"},
      {"ollama:127.0.0.1:5000/m", ollama("127.0.0.1:5000", "m", "latest"),
       "ollama:127.0.0.1:5000/m:latest"},
      {"ollama:Registry.example/a/b/c:x", ollama("registry.example", "a/b/c", "x"),
       "ollama:registry.example/a/b/c:x"},
      {"ollama:docker.io/smollm2", ollama("docker.io", "library/smollm2", "latest"),
       "ollama:docker.io/library/smollm2:latest"},
      {"ollama:registry.ollama.ai/a.b/m", ollama("registry.ollama.ai", "a.b/m", "latest"),
       "ollama:registry.ollama.ai/a.b/m:latest"},
      {"ollama:localhost/m", ollama("localhost", "m", "latest"), "ollama:localhost/m:latest"},
      {"ollama:m:1b@sha256:" + std::string(64, 'A'),
       ollama("registry.ollama.ai", "library/m", "sha256:" + std::string(64, 'a')),
       "ollama:m@sha256:" + std::string(64, 'a')},
      {"gh:owner/repo", gh("owner/repo"), "gh:owner/repo"},
      {"gh:owner/repo@v1.0", gh("owner/repo", "v1.0"), "gh:owner/repo@v1.0"},
      {"gh:owner/.github:*.zip", gh("owner/.github", "", "*.zip"), "gh:owner/.github:*.zip"},
      {"gh:o/r@release/1:*-linux.tar.gz", gh("o/r", "release/1", "*-linux.tar.gz"),
       "gh:o/r@release%2F1:*-linux.tar.gz"},
      {"https://Host.example:8443/a/b.gguf?x=1",
       named(scheme::url, "https://host.example:8443/a/b.gguf?x=1"),
       "https://host.example:8443/a/b.gguf?x=1"},
      {"https://host", named(scheme::url, "https://host/"), "https://host/"},
      {"https://host/f#sha256=" + std::string(64, 'A'), named(scheme::url, "https://host/f", hex64),
       "https://host/f#sha256=" + hex64},
      {"http://host/f#sha256=" + hex64, named(scheme::url, "http://host/f", hex64),
       "http://host/f#sha256=" + hex64},
      {"http://127.0.0.1:8000/f", named(scheme::url, "http://127.0.0.1:8000/f"),
       "http://127.0.0.1:8000/f"},
      {"http://[::1]:8000/f", named(scheme::url, "http://[::1]:8000/f"), "http://[::1]:8000/f"},
      {"http://localhost/f", named(scheme::url, "http://localhost/f"), "http://localhost/f"},
      {"https://h/f#mirror=https://Two/f?a=1&b=2&mirror=https://three/f",
       mirrored("https://h/f", {"https://two/f?a=1&b=2", "https://three/f"}),
       "https://h/f#mirror=https://two/f?a=1&b=2&mirror=https://three/f"},
      {"http://h/f#sha256=" + hex64 + "&mirror=http://two",
       mirrored("http://h/f", {"http://two/"}, hex64),
       "http://h/f#sha256=" + hex64 + "&mirror=http://two/"},
      {"https://huggingface.co/o/r/resolve/main/f#sha256=" + hex64,
       named(scheme::url, "https://huggingface.co/o/r/resolve/main/f", hex64),
       "https://huggingface.co/o/r/resolve/main/f#sha256=" + hex64},
      {"https://huggingface.co:444/o/r", named(scheme::url, "https://huggingface.co:444/o/r"),
       "https://huggingface.co:444/o/r"},
      {"file:/data/my model.gguf", named(scheme::file, "/data/my model.gguf"),
       "file:/data/my model.gguf"},
      {"file:///data/my%20model.gguf", named(scheme::file, "/data/my model.gguf"),
       "file:/data/my model.gguf"},
      {"file://localhost/data", named(scheme::file, "/data"), "file:/data"},
      {"file:////data", named(scheme::file, "/data"), "file:/data"},
      {"file:/data/100%", named(scheme::file, "/data/100%"), "file:/data/100%"},
      {"build:/home/me/recipe", named(scheme::build, "/home/me/recipe"), "build:/home/me/recipe"},
  });
}

TEST_CASE("what is no reference is refused with what is wrong and a right example") {
  const std::pair<std::string, std::string> table[] = {
      {"", "empty"},
      {"   ", "empty"},
      {std::string(4097, 'a'), "4096"},
      {"hf:org/re\npo", "control"},
      {std::string{"hf:org/re\0po", 12}, "control"},
      {"hf:org/\xff", "UTF-8"},
      {"gpt2", "neither a scheme nor an owner"},
      {"hf:gpt2", "no owner"},
      {"hf://gpt2", "no owner"},
      {"hf:", "no owner"},
      {"hf:datasets/name", "no owner"},
      {"hf:datasets/datasets/x", "name of a kind"},
      {"space:models/x", "name of a kind"},
      {"hf:models/models/Qew/erwn/f", "name of a kind"},
      {"hf:models/spaces/x", "name of a kind"},
      {"hf:models/kernels/x", "name of a kind"},
      {"https://huggingface.co/models/buckets/x/tree/main", "name of a kind"},
      {"hf:/repo", "owner is missing"},
      {"hf:org/", "name is missing"},
      {"hf:org/a--b", "--"},
      {"hf:org/a..b", ".."},
      {"hf:-org/b", "begins or ends"},
      {"hf:org/b.", "begins or ends"},
      {"hf:org/b.git", ".git"},
      {"hf:org/b c", "letters"},
      {"hf:org/bä", "letters"},
      {"hf:" + std::string(97, 'a') + "/b", "96"},
      {"hf:org/repo@", "revision is missing"},
      {"hf:org/repo@:x", "revision is missing"},
      {"hf:org/repo:", "nothing follows"},
      {"hf:org/repo@a..b", "no branch"},
      {"hf:org/repo@a b", "no branch"},
      {"hf:org/repo@-x", "no branch"},
      {"hf:org/repo@a%2", "no branch"},
      {"hf:org/repo@a%zz", "no branch"},
      {"hf:org/repo@%00", "no branch"},
      {"hf:org/repo@refs/pr/", "no branch"},
      {"hf:org/repo@refs/pr/x", "needs a number"},
      {"hf:org/repo:../x", ".."},
      {"hf:org/repo:/x", "absolute"},
      {"hf://org/repo/a/../b", ".."},
      {"hf://buckets/org/b", "models, datasets and spaces"},
      {"https://huggingface.co/org/b/blob/main/x%20", "ends with a space"},
      {"space:name", "no owner"},
      {"space://org/name", "no slashes"},
      {"https://huggingface.co/org", "no owner"},
      {"https://huggingface.co/", "no owner"},
      {"https://huggingface.co/docs/hub", "no repository"},
      {"https://huggingface.co/org/repo/discussions/1", "no files"},
      {"https://huggingface.co/org/repo/tree", "no files"},
      {"https://huggingface.co/org/repo/blob/main/%2e%2e/x", ".."},
      {"https://huggingface.co/org/repo/blob/main/a%0Ab", "%-escape"},
      {"ollama:", "missing or malformed"},
      {"ollama:m:", "tag"},
      {"ollama:a/b/c/d/e/f/g/h/i", "[host/]"},
      {"ollama:a/../m", "owner"},
      {"ollama:ho st/a/b", "host"},
      {"ollama:m@sha256:abc", "malformed"},
      {"ollama:m@git-sha1:" + std::string(40, 'a'), "malformed"},
      {"ollama://m", "no slashes"},
      {"gh:owner", "owner/repo"},
      {"gh:owner/repo/x", "owner/repo"},
      {"gh:owner/..", "malformed"},
      {"gh:-x/repo", "owner"},
      {"gh:owner/repo@", "tag"},
      {"gh:owner/repo:", "nothing follows"},
      {"gh:owner/repo:a/b", "no folders"},
      {"https:host/x", "missing"},
      {"https://", "host"},
      {"https:///x", "host"},
      {"https://host:99999/x", "host"},
      {"https://host:00/x", "host"},
      {"ollama:host:0/library/m", "host"},
      {"https://host/a b", "%XX"},
      {"https://host/x#sha256=abc", "64 hex"},
      {"https://host/x#sha1=abc", "sha256="},
      {"https://host/x#mirror=", "https://"},
      {"https://host/x#mirror=ftp://two/x", "https://"},
      {"https://host/x#mirror=http://two/x", "digest"},
      {"https://host/x#mirror=https://u@two/x", "user or password"},
      {"https://host/x#mirror=https://two/x y", "%XX"},
      {"https://host/x#mirror=https://two/x&sha256=" + std::string(64, 'a'), "before"},
      {"http://host/x", "this machine"},
      {"http://127.0.0.1.example.org/x", "this machine"},
      {"https://user:secret@host/x", "user or password"},
      {"file:relative", "absolute"},
      {"file:~/x", "absolute"},
      {"file://host/x", "another host"},
      {"file:/", "whole file system"},
      {"file:///a%zz", "%-escape"},
      {"build:x", "absolute"},
      {"/data/model.gguf", "scheme"},
      {"./model.gguf", "scheme"},
      {"ftp://host/x", "does not speak ftp"},
      {"s3://bucket/x", "does not speak s3"},
      {"olama:x", "unknown; known are ollama:"},
      {"github:o/r", "unknown; known are gh:"},
      {"huggingface:o/r", "unknown; known are hf:"},
      {"C:\\models\\x", "unknown"},
  };
  for (const auto& [text, why] : table) {
    INFO(text);
    const auto parsed = parse_reference(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.why().code == errc::bad_reference);
    INFO(parsed.why().detail);
    CHECK(parsed.why().detail.find(why) != std::string::npos);
    CHECK(parsed.why().detail.find("secret") == std::string::npos);
    CHECK(parsed.why().detail.size() < 400);
    CHECK(parsed.why().hint.starts_with("write it like "));
  }
}

TEST_CASE("every example in an error message is itself a reference") {
  for (const std::string text :
       {"", "hf:x", "space:x", "https://huggingface.co/x", "ollama:", "gh:x", "file:x", "build:x",
        "ftp://x", "hf:org/repo@refs/pr/x", "gpt2", "https:x", "/x"}) {
    const auto parsed = parse_reference(text);
    REQUIRE_FALSE(parsed);
    const auto example = parsed.why().hint.substr(std::string{"write it like "}.size());
    INFO(example);
    CHECK(parse_reference(example));
  }
}

TEST_CASE("random texts never crash, and what parses prints and parses to the same") {
  std::mt19937 random{11};
  const std::string words[] = {"hf:",      "hf://",     "space:",   "ollama:",
                               "gh:",      "https://",  "http://",  "file:",
                               "build:",   "datasets/", "spaces/",  "org",
                               "repo",     "/",         ":",        "@",
                               "#sha256=", hex64,       "refs/pr/", "refs/convert/",
                               "7",        "%2F",       "%",        "tree/",
                               "blob/",    "..",        "--",       "huggingface.co/",
                               "hf.co",    "127.0.0.1", "\xff",     "é",
                               " ",        "?x=1"};
  std::size_t parsed_count = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::string text;
    const auto parts = random() % 9;
    for (std::size_t i = 0; i < parts; ++i) {
      if (random() % 8 == 0) {
        text += static_cast<char>(random() % 256);
      } else {
        text += words[random() % std::size(words)];
      }
    }
    const auto parsed = parse_reference(text);
    if (!parsed) continue;
    ++parsed_count;
    const auto again = parse_reference(to_string(*parsed));
    INFO(text << " printed as " << to_string(*parsed));
    REQUIRE(again);
    REQUIRE(*again == *parsed);
  }
  CHECK(parsed_count > 1'000);
}

TEST_CASE("mirrors are added to a web address only, and to no end") {
  auto what = *parse_reference("https://h/f");
  REQUIRE(add_mirror(what, "https://Two/f"));
  CHECK(to_string(what) == "https://h/f#mirror=https://two/f");
  CHECK_FALSE(add_mirror(what, "two/f"));
  CHECK_FALSE(add_mirror(what, "http://two/f"));
  CHECK_FALSE(add_mirror(what, "https://two/\n"));
  for (int i = 0; i < 15; ++i) CHECK(add_mirror(what, "https://m" + std::to_string(i)));
  CHECK_FALSE(add_mirror(what, "https://more"));
  auto repo = *parse_reference("hf:org/repo");
  CHECK_FALSE(add_mirror(repo, "https://two/f"));
}

TEST_CASE("a registry's model without a tag is printed without one") {
  CHECK(to_string(ollama("registry.ollama.ai", "library/llama3.2", "")) == "ollama:llama3.2");
  CHECK(to_string(ollama("hf.co", "user/repo", "")) == "ollama:hf.co/user/repo");
}
