/// What a registry is asked and the plan that comes of it when all is well.
#include "tests/support/catch.hpp"
#include "tests/vendors/oci_fixture.hpp"

using namespace hive;
using namespace hive::vendors;

namespace {

using strings = std::vector<std::string>;

std::string small_model() {
  return manifest_of({ollama_layer("model", '1', 5'000'000'000), ollama_layer("license", '2'),
                      ollama_layer("license", '3'), ollama_layer("template", '4'),
                      ollama_layer("params", '5')});
}

/// The names a manifest of these layers gets.
strings names(const strings& layers, const std::string& config = content("x/y", '0')) {
  script replies;
  replies.on(llama + "/manifests/latest", 200, manifest_of(layers, config));
  const auto plan = pull_oci(replies, "ollama:llama3.2");
  if (!plan) FAIL(sentence(plan.why()));
  return names_of(*plan);
}

} // namespace

TEST_CASE("a model of Ollama's becomes a pinned plan with one request") {
  const auto manifest = small_model();
  script replies;
  replies.on(llama + "/manifests/1b", 200, manifest, {{"content-type", "text/plain"}});
  const auto plan = pull_oci(replies, "ollama:llama3.2:1b");
  REQUIRE(plan);
  CHECK(replies.asked == strings{"GET " + llama + "/manifests/1b"});
  CHECK(plan->what == parse_reference("ollama:llama3.2:1b").value());
  CHECK(plan->revision == sha256_hex(manifest));
  CHECK(plan->requested == "1b");
  CHECK(names_of(*plan) == strings{"manifest.json", "config.json", "params.json", "license",
                                   "license-2", "template", "model.gguf"});

  const auto& model = file_of(*plan, "model.gguf");
  CHECK(model.size == 5'000'000'000);
  CHECK(model.expected == digest{digest_kind::sha256, std::string(64, '1')});
  REQUIRE(model.sources.size() == 1);
  CHECK(model.sources[0].url == llama + "/blobs/" + sha('1'));
  CHECK(model.sources[0].headers.empty());
  CHECK(model.sources[0].checks == std::vector<header_check>{{"docker-content-digest", sha('1')}});
  CHECK(file_of(*plan, "config.json").expected->hex == std::string(64, '0'));
}

TEST_CASE("the manifest is a file of the plan, byte for byte, and asked for as one") {
  const auto manifest = small_model() + "\n\n";
  script replies;
  replies.on(llama + "/manifests/latest", 200, manifest);
  const auto plan = pull_oci(replies, "ollama:llama3.2");
  REQUIRE(plan);
  const auto& file = file_of(*plan, "manifest.json");
  CHECK(file.size == manifest.size());
  CHECK(file.expected == digest{digest_kind::sha256, sha256_hex(manifest)});
  strings urls;
  for (const auto& source : file.sources) {
    urls.push_back(source.url);
    REQUIRE(source.headers.size() == 1);
    CHECK(source.headers[0].first == "accept");
    CHECK(source.headers == replies.requests.at(0).headers);
  }
  CHECK(urls == strings{llama + "/manifests/" + own_digest(manifest),
                        llama + "/blobs/" + own_digest(manifest), llama + "/manifests/latest"});
}

TEST_CASE("every kind of manifest is asked for, with limits and without a secret") {
  script replies;
  replies.on(llama + "/manifests/latest", 200, small_model());
  REQUIRE(pull_oci(replies, "ollama:llama3.2"));
  const auto& asked = replies.requests.at(0);
  const auto accept = net::find_header(asked.headers, "accept").value_or("");
  for (const auto* const kind : {"application/vnd.oci.image.manifest.v1+json",
                                 "application/vnd.docker.distribution.manifest.v2+json",
                                 "application/vnd.oci.image.index.v1+json",
                                 "application/vnd.docker.distribution.manifest.list.v2+json"})
    CHECK(accept.find(kind) != std::string_view::npos);
  CHECK(asked.total_timeout.has_value());
  CHECK(asked.keys == nullptr);
}

TEST_CASE("hosts are asked over https, loopback over http, docker.io where it answers") {
  const std::pair<std::string, std::string> table[] = {
      {"ollama:hf.co/user/Repo-GGUF:Q4_K_M", "https://hf.co/v2/user/Repo-GGUF/manifests/Q4_K_M"},
      {"ollama:docker.io/ai/smollm2",
       "https://registry-1.docker.io/v2/ai/smollm2/manifests/latest"},
      {"ollama:registry.example.org:8443/a/b/c:x",
       "https://registry.example.org:8443/v2/a/b/c/manifests/x"},
      {"ollama:127.0.0.1:5000/m", "http://127.0.0.1:5000/v2/m/manifests/latest"},
      {"ollama:localhost:5000/ns/m", "http://localhost:5000/v2/ns/m/manifests/latest"}};
  for (const auto& [text, url] : table) {
    INFO(text);
    script replies;
    replies.on(url, 200, small_model());
    CHECK(pull_oci(replies, text));
  }
}

TEST_CASE("a reference with a digest is pinned, also where the manifest is a content only") {
  const auto manifest = small_model();
  const auto own = own_digest(manifest);
  script replies;
  const bool as_content = GENERATE(false, true);
  replies.on(llama + (as_content ? "/blobs/" : "/manifests/") + own, 200, manifest);
  const auto plan = pull_oci(replies, "ollama:llama3.2@" + own);
  REQUIRE(plan);
  CHECK(plan->requested.empty());
  CHECK(plan->revision == sha256_hex(manifest));
  CHECK(file_of(*plan, "manifest.json").sources.size() == 2);
}

TEST_CASE("a manifest that is not the one it was asked by, or said to be, is refused") {
  script replies;
  replies.on(llama + "/manifests/" + sha('a'), 200, small_model())
      .on(llama + "/manifests/x", 200, small_model(), {{"docker-content-digest", sha('b')}})
      .on(llama + "/manifests/y", 200, small_model(),
          {{"docker-content-digest", own_digest(small_model())}})
      .on(llama + "/manifests/z", 200, small_model(), {{"docker-content-digest", "sha512:0"}});
  for (const auto* const wrong : {"ollama:llama3.2:x", "ollama:llama3.2@"}) {
    auto text = std::string{wrong};
    if (text.ends_with('@')) text += sha('a');
    const auto plan = pull_oci(replies, text);
    REQUIRE_FALSE(plan);
    CHECK(plan.why().code == errc::digest_mismatch);
  }
  CHECK(pull_oci(replies, "ollama:llama3.2:y"));
  CHECK(pull_oci(replies, "ollama:llama3.2:z"));
}

TEST_CASE("of several manifests under one tag the model's, or this machine's, is taken") {
  const auto model = small_model();
  const auto own = own_digest(model);
  const auto entry = [](const std::string& digest, const std::string& more) {
    return R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" + digest +
           R"(","size":1)" + more + "}";
  };
  const std::string linux = R"(,"platform":{"os":"linux","architecture":")";
#if defined(__aarch64__)
  const std::string here = "arm64";
#else
  const std::string here = "amd64";
#endif
  const strings lists[] = {
      {entry(own, "")},
      {entry(sha('a'), linux + "s390x\"}"), entry(own, linux + here + "\"}")},
      {entry(sha('a'), linux + here + "\"}"),
       entry(own, R"(,"artifactType":"application/vnd.cncf.model.manifest.v1+json")")},
      {entry(own, linux + here + "\"}"),
       entry(sha('b'), R"(,"platform":{"os":"unknown","architecture":"unknown"})")}};
  for (const auto& list : lists) {
    INFO(joined(list));
    script replies;
    replies.on(llama + "/manifests/latest", 200, index_of(list))
        .on(llama + "/manifests/" + own, 200, model);
    const auto plan = pull_oci(replies, "ollama:llama3.2");
    REQUIRE(plan);
    CHECK(plan->revision == sha256_hex(model));
    CHECK(plan->requested == "latest");
    CHECK(replies.asked.size() == 2);
  }
}

TEST_CASE("a list that leaves open which manifest is meant says what there is") {
  const auto entry = [](char c, const std::string& os) {
    return R"({"digest":")" + sha(c) + R"(","size":1,"platform":{"os":")" + os +
           R"(","architecture":"m68k"}})";
  };
  script replies;
  replies.on(llama + "/manifests/latest", 200, index_of({entry('a', "amiga"), entry('b', "mac")}))
      .on(llama + "/manifests/none", 200, index_of({}));
  const auto plan = pull_oci(replies, "ollama:llama3.2");
  REQUIRE_FALSE(plan);
  CHECK(plan.why().code == errc::entry_missing);
  CHECK(plan.why().hint.find("amiga/m68k (" + sha('a') + ")") != std::string::npos);
  CHECK(pull_oci(replies, "ollama:llama3.2:none").why().code == errc::entry_missing);
}

TEST_CASE("lists that lead round and round end") {
  // Each is asked by a digest it cannot have, so the first step already fails; a chain of true
  // digests cannot be a ring, only long.
  std::string inner = small_model();
  script replies;
  for (int i = 0; i < 5; ++i) {
    replies.on(llama + "/manifests/" + own_digest(inner), 200, inner);
    inner = index_of({R"({"digest":")" + own_digest(inner) + R"(","size":1})"});
  }
  replies.on(llama + "/manifests/latest", 200, inner);
  const auto plan = pull_oci(replies, "ollama:llama3.2");
  REQUIRE_FALSE(plan);
  CHECK(plan.why().code == errc::unreadable_reply);
}

TEST_CASE("contents are named by their roles, several of one role by numbers") {
  CHECK(names({ollama_layer("model", '1'), ollama_layer("projector", '2'),
               ollama_layer("adapter", '3'), ollama_layer("adapter", '4'),
               ollama_layer("adapter", '5'), ollama_layer("system", '6'),
               ollama_layer("messages", '7')}) ==
        strings{"manifest.json", "config.json", "messages.json", "system", "model.gguf",
                "mmproj.gguf", "adapter.gguf", "adapter-2.gguf", "adapter-3.gguf"});
  CHECK(names({content("application/vnd.docker.ai.gguf.v3", '1'),
               content("application/vnd.docker.ai.license", '2'),
               content("application/vnd.docker.ai.chat.template.jinja; charset=utf-8", '3')}) ==
        strings{"manifest.json", "config.json", "template.jinja", "license", "model.gguf"});
  CHECK(names({content("application/vnd.cncf.model.weight.v1.raw", '1'),
               content("application/vnd.cncf.model.weight.config.v1.tar", '2'),
               content("application/vnd.cncf.model.doc.v1.tar+gzip", '3'),
               content("application/octet-stream", '4'), content("text/json", '5')}) ==
        strings{"manifest.json", "config.json", "layer.json", "weights", "weights-config.tar",
                "doc.tar.gz", "layer"});
}

TEST_CASE("names their makers gave them count where they are safe") {
  const std::string raw = "application/vnd.cncf.model.weight.v1.raw";
  const std::string path = "org.cncf.model.filepath";
  CHECK(names({content(raw, '1', 1, titled("weights/a.safetensors", path)),
               content(raw, '2', 1, titled("README.md")),
               content("application/vnd.cncf.model.code.v1.tar", '3', 1, titled("src", path)),
               content("application/vnd.ollama.image.tensor", '4', 1, R"(,"name":"blk.0")")}) ==
        strings{"manifest.json", "config.json", "README.md", "src.tar", "blk.0",
                "weights/a.safetensors"});
  for (const auto* const hostile :
       {"../up", "/etc/passwd", "a\\\\b", "C:x", "con", "a/../b", "x.", "a\\u0000b"}) {
    INFO(hostile);
    CHECK(names({content("application/vnd.docker.ai.gguf.v3", '1', 1, titled(hostile))}) ==
          strings{"manifest.json", "config.json", "model.gguf"});
  }
}

TEST_CASE("a name that is taken, whatever its case, gets a number; given names come first") {
  const std::string raw = "application/octet-stream";
  CHECK(
      names({content(raw, '1', 1, titled("config.json")),
             content(raw, '2', 1, titled("Manifest.JSON")),
             content(raw, '3', 1, titled("d/m.gguf")), content(raw, '4', 1, titled("D/M.gguf"))}) ==
      strings{"manifest.json", "config-2.json", "config.json", "Manifest-2.JSON", "d/m.gguf",
              "D/M-2.gguf"});
}

TEST_CASE("a part of a model is chosen by patterns") {
  script replies;
  replies.on(llama + "/manifests/latest", 200, small_model());
  const auto plan = pull_oci(replies, "ollama:llama3.2", {"", {"*.gguf"}, {}});
  REQUIRE(plan);
  CHECK(names_of(*plan) == strings{"model.gguf"});
}

TEST_CASE("what is no model is not pulled") {
  script replies;
  replies
      .on(llama + "/manifests/image", 200,
          manifest_of({content("application/vnd.docker.image.rootfs.diff.tar.gzip", '1'),
                       content("application/vnd.oci.image.layer.v1.tar+zstd", '2')}))
      .on(llama + "/manifests/cloud", 200, manifest_of({}))
      .on(llama + "/manifests/old", 200, R"({"schemaVersion":1,"fsLayers":[]})")
      .on(llama + "/manifests/long", 200,
          manifest_of({R"({"mediaType":"x","digest":"sha512:00","size":1})"}));
  const std::pair<std::string, errc> table[] = {{"image", errc::unsupported},
                                                {"cloud", errc::entry_missing},
                                                {"old", errc::unsupported},
                                                {"long", errc::unsupported}};
  for (const auto& [tag, code] : table) {
    INFO(tag);
    const auto plan = pull_oci(replies, "ollama:llama3.2:" + tag);
    REQUIRE_FALSE(plan);
    CHECK(plan.why().code == code);
  }
}
