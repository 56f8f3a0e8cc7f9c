#include "core/store/tool_layout.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::store;
using hive::store::test::parsed;

namespace {

const std::string one(64, '1');
const std::string two(64, '2');
const std::string commit(40, 'c');
const tool_roots roots{"/hf", "/ollama", "/lms"};

artifact made_of(std::string_view ref, std::vector<artifact_file> files) {
  artifact a;
  a.id.value = "00112233445566aa";
  a.what = parsed(ref);
  a.revision = commit;
  a.requested = "main";
  a.files = std::move(files);
  return a;
}

std::string manifest_of(const std::string& config, const std::string& layer) {
  return R"({"schemaVersion":2,"config":{"digest":"sha256:)" + config +
         R"("},"layers":[{"digest":"sha256:)" + layer + R"("}]})";
}

std::vector<std::string> paths_of(const result<tool_layout>& layout) {
  std::vector<std::string> paths;
  for (const auto& name : layout.value().names) paths.push_back(name.path);
  return paths;
}

using paths = std::vector<std::string>;

} // namespace

TEST_CASE("a Hub cache has blobs, links, and last the branch") {
  const auto a = made_of("hf:org/repo", {{"m.gguf", one, 3, ""}, {"d/c.json", two, 4, commit}});
  const auto layout = lay_out(a, {tool::hf, {}}, roots, "");
  REQUIRE(layout);
  CHECK(layout->root == "/hf");
  CHECK(layout->opens == "models--org--repo/snapshots/" + commit);
  const std::string repo = "models--org--repo/";
  CHECK(paths_of(layout) == paths{repo + "blobs/" + one, repo + "blobs/" + commit,
                                  repo + "snapshots/" + commit + "/m.gguf",
                                  repo + "snapshots/" + commit + "/d/c.json", repo + "refs/main"});
  CHECK(layout->names[3].what == "../../../blobs/" + commit);
  CHECK(layout->names[4] == view_name{repo + "refs/main", name_kind::ref, commit, 0});
  CHECK(lay_out(made_of("gh:a/b", {}), {tool::hf, {}}, roots, "").why().code == errc::unsupported);
}

TEST_CASE("Ollama's store has its blobs first and the manifest last") {
  auto a = made_of("ollama:llama3.2:1b", {{"manifest.json", std::string(64, '3'), 9, ""},
                                          {"config.json", one, 3, ""},
                                          {"model.gguf", two, 4, ""}});
  a.requested = "1b";
  const auto manifest = manifest_of(one, two);
  const auto layout = lay_out(a, {tool::ollama, {}}, roots, manifest);
  REQUIRE(layout);
  CHECK(layout->root == "/ollama");
  CHECK(paths_of(layout) == paths{"blobs/sha256-" + one, "blobs/sha256-" + two,
                                  "manifests/registry.ollama.ai/library/llama3.2/1b"});
  CHECK(layout->names[0].kind == name_kind::shared);
  CHECK(layout->names[2].what == manifest);
}

TEST_CASE("the place in Ollama's store follows host, name and tag") {
  const auto place = [](std::string_view ref, const std::string& requested) {
    auto a = made_of(ref, {{"model.gguf", two, 4, ""}, {"config.json", one, 3, ""}});
    a.requested = requested;
    const auto layout = lay_out(a, {tool::ollama, {}}, roots, manifest_of(one, two));
    return layout ? layout->opens : layout.why().detail;
  };
  CHECK(place("ollama:hf.co/org/repo:Q4_K_M", "Q4_K_M") == "manifests/hf.co/org/repo/Q4_K_M");
  CHECK(place("ollama:localhost:5000/org/m", "latest") == "manifests/localhost:5000/org/m/latest");
  CHECK(place("ollama:org/m:v1", "") == "manifests/registry.ollama.ai/org/m/v1");
  CHECK(place("ollama:org/m", "") == "manifests/registry.ollama.ai/org/m/latest");
  CHECK(place("ollama:org/m", "sha256:" + one).find("digest") != std::string::npos);
}

TEST_CASE("what Ollama cannot take is refused with what to do instead") {
  const auto why = [](const artifact& a, const std::string& manifest) {
    return lay_out(a, {tool::ollama, {}}, roots, manifest).why();
  };
  const auto gguf = why(made_of("hf:org/repo:Q4_K_M", {{"m-Q4_K_M.gguf", one, 3, ""}}), "");
  CHECK(gguf.code == errc::unsupported);
  CHECK(gguf.hint.find("ollama:hf.co/org/repo:Q4_K_M") != std::string::npos);
  CHECK(why(made_of("file:/m/x.gguf", {{"x.gguf", one, 3, ""}}), "").hint.find("ollama create") !=
        std::string::npos);
  const auto part = made_of("ollama:m", {{"model.gguf", two, 4, ""}});
  CHECK(why(part, manifest_of(one, two)).code == errc::entry_missing);
  CHECK(why(part, "").code == errc::entry_missing);
  CHECK(why(part, "no json").code == errc::entry_missing);
}

TEST_CASE("LM Studio has a folder of publisher and model") {
  const auto place = [](std::string_view ref) {
    return paths_of(
               lay_out(made_of(ref, {{"d/m.gguf", one, 3, ""}}), {tool::lmstudio, {}}, roots, ""))
        .at(0);
  };
  CHECK(place("hf:org/repo:Q4_K_M") == "org/repo/d/m.gguf");
  CHECK(place("ollama:llama3.2") == "library/llama3.2/d/m.gguf");
  CHECK(place("gh:owner/tool") == "owner/tool/d/m.gguf");
  CHECK(place("file:/models/Some.gguf") == "local/Some/d/m.gguf");
  CHECK(place("https://example.org/a/tiny.gguf?x=1/2") == "local/tiny/d/m.gguf");
}

TEST_CASE("a plain folder has the files as they are") {
  const auto layout = lay_out(made_of("hf:org/repo", {{"d/m.gguf", one, 3, ""}}),
                              {tool::dir, "/models/x"}, roots, "");
  CHECK(layout->root == "/models/x");
  CHECK(paths_of(layout) == paths{"d/m.gguf"});
}

TEST_CASE("no view leads out of its root") {
  for (const auto* path : {"../x", "/etc/x", "a/../../x"})
    CHECK(lay_out(made_of("hf:org/repo", {{path, one, 3, ""}}), {tool::dir, "/m"}, roots, "")
              .why()
              .code == errc::bad_path);
  CHECK(lay_out(made_of("hf:org/repo", {{"x", "abc", 3, ""}}), {tool::dir, "/m"}, roots, "")
            .why()
            .code == errc::bad_path);
  CHECK(lay_out(made_of("hf:org/repo", {{"x", one, 3, ""}}), {tool::lmstudio, {}}, {}, "")
            .why()
            .code == errc::bad_config);
}
