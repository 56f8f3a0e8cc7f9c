/// What a Hub conversation asks and the plan it yields when all is well.
#include "tests/support/catch.hpp"
#include "tests/vendors/hub_fixture.hpp"

#include <chrono>

using namespace hive;
using namespace hive::vendors;

namespace {

using strings = std::vector<std::string>;

script split_model() {
  return repository("org/repo",
                    {git_entry(".gitattributes"), git_entry("README.md"), folder_entry("Q8_0"),
                     lfs_entry("Q8_0/m-Q8_0-00001-of-00002.gguf"),
                     lfs_entry("Q8_0/m-Q8_0-00002-of-00002.gguf"), lfs_entry("m-Q4_K_M.gguf"),
                     lfs_entry("m-imatrix-Q4_K_M.gguf"), git_entry("config.json")});
}

} // namespace

TEST_CASE("a model becomes a pinned plan with two requests") {
  auto replies =
      repository("org/repo", {git_entry(".gitattributes", 5), git_entry("config.json", 7),
                              folder_entry("sub"), lfs_entry("sub/a b#.safetensors", 99)});
  const auto plan = pull(replies, "hf:org/repo");
  REQUIRE(plan);
  CHECK(replies.asked == strings{"GET " + revision_url("org/repo"), "GET " + tree_url("org/repo")});
  CHECK(plan->what == parsed("hf:org/repo"));
  CHECK(plan->revision == commit_a);
  CHECK(plan->requested == "main");
  CHECK(paths_of(*plan) == strings{"config.json", ".gitattributes", "sub/a b#.safetensors"});

  const auto& small = plan->files[0];
  CHECK(small.size == 7);
  CHECK(small.expected == digest{digest_kind::git_sha1, std::string(40, '1')});
  REQUIRE(small.sources.size() == 1);
  CHECK(small.sources[0].url == hub + "/org/repo/resolve/" + commit_a + "/config.json");
  CHECK(small.sources[0].checks ==
        std::vector<header_check>{{"x-repo-commit", commit_a}, {"x-linked-size", "7"}});

  const auto& large = plan->files[2];
  CHECK(large.size == 99);
  CHECK(large.expected == digest{digest_kind::sha256, sha256_c});
  REQUIRE(large.sources.size() == 1);
  CHECK(large.sources[0].url ==
        hub + "/org/repo/resolve/" + commit_a + "/sub/a%20b%23.safetensors");
  CHECK(large.sources[0].headers.empty());
  CHECK(large.sources[0].checks == std::vector<header_check>{{"x-repo-commit", commit_a},
                                                             {"x-linked-size", "99"},
                                                             {"x-linked-etag", sha256_c}});
}

TEST_CASE("metadata requests have limits, want JSON and carry no secret") {
  auto replies = repository("org/repo", {git_entry("config.json")});
  vendor_settings settings;
  settings.hub_token = "hf_secret";
  REQUIRE(pull(replies, "hf:org/repo", {}, settings));
  REQUIRE(replies.requests.size() == 2);
  for (const auto& asked : replies.requests) {
    CHECK(asked.method == "GET");
    CHECK(asked.headers == net::header_list{{"accept", "application/json"}});
    CHECK(asked.idle_timeout == std::chrono::seconds{10});
    CHECK(asked.total_timeout == std::chrono::seconds{60});
    CHECK(asked.keys == nullptr);
  }
}

TEST_CASE("datasets and Spaces are the same conversation at other paths") {
  script replies;
  replies.on(hub + "/api/datasets/org/data/revision/main", 200, described("org/data"))
      .on(hub + "/api/datasets/org/data/tree/" + commit_a + "?recursive=true&expand=false", 200,
          page_of({lfs_entry("train.parquet")}))
      .on(hub + "/api/spaces/org/app/revision/main", 200, described("org/app"))
      .on(hub + "/api/spaces/org/app/tree/" + commit_a + "?recursive=true&expand=false", 200,
          page_of({git_entry("app.py")}));
  const auto data = pull(replies, "hf:datasets/org/data");
  REQUIRE(data);
  CHECK(data->files.at(0).sources.at(0).url ==
        hub + "/datasets/org/data/resolve/" + commit_a + "/train.parquet");
  const auto app = pull(replies, "space:org/app");
  REQUIRE(app);
  CHECK(app->files.at(0).sources.at(0).url ==
        hub + "/spaces/org/app/resolve/" + commit_a + "/app.py");
}

TEST_CASE("a repository of 200 files costs two requests") {
  strings entries;
  for (int i = 0; i < 200; ++i) entries.push_back(lfs_entry("part-" + std::to_string(i) + ".bin"));
  auto replies = repository("org/repo", entries);
  const auto plan = pull(replies, "hf:org/repo");
  REQUIRE(plan);
  CHECK(plan->files.size() == 200);
  CHECK(replies.asked.size() == 2);
}

TEST_CASE("every page of the list is read, relative links too") {
  script replies;
  const auto second = "/api/models/org/repo/tree/" + commit_a + "?recursive=true&cursor=Zm9v%3D";
  const auto third = hub + "/api/models/org/repo/tree/" + commit_a + "?cursor=3";
  replies.on(revision_url("org/repo"), 200, described("org/repo"))
      .on(tree_url("org/repo"), 200, page_of({git_entry("a.json")}),
          {{"link", "<" + second + ">; rel=\"next\""}})
      .on(hub + second, 200, page_of({git_entry("b.json")}),
          {{"link", "<" + third + ">; rel=\"next\""}})
      .on(third, 200, page_of({git_entry("c.json")}));
  const auto plan = pull(replies, "hf:org/repo");
  REQUIRE(plan);
  CHECK(paths_of(*plan) == strings{"a.json", "b.json", "c.json"});
  CHECK(replies.asked.size() == 4);
}

TEST_CASE("a redacted xetHash does not matter") {
  auto replies = repository(
      "org/repo", {lfs_entry("a.bin", 5, R"("xetHash":"[redacted]")"), git_entry("b.json")});
  const auto plan = pull(replies, "hf:org/repo");
  REQUIRE(plan);
  CHECK(plan->files.at(1).expected == digest{digest_kind::sha256, sha256_c});
}

TEST_CASE("kinds of entries that are not known are passed over") {
  auto replies =
      repository("org/repo", {R"({"type":"submodule","path":"x"})", git_entry("b.json")});
  const auto plan = pull(replies, "hf:org/repo");
  REQUIRE(plan);
  CHECK(paths_of(*plan) == strings{"b.json"});
}

TEST_CASE("a full commit id goes straight to the list of files") {
  script replies;
  replies.on(tree_url("org/repo"), 200, page_of({git_entry("a.json")}));
  const auto plan = pull(replies, "hf:org/repo@" + commit_a);
  REQUIRE(plan);
  CHECK(plan->revision == commit_a);
  CHECK(plan->requested.empty());
  CHECK(replies.asked == strings{"GET " + tree_url("org/repo")});
}

TEST_CASE("a revision's slashes are encoded") {
  script replies;
  replies.on(revision_url("org/repo", "refs%2Fpr%2F7"), 200, described("org/repo"))
      .on(tree_url("org/repo"), 200, page_of({git_entry("a.json")}));
  const auto plan = pull(replies, "hf:org/repo@refs/pr/7");
  REQUIRE(plan);
  CHECK(plan->requested == "refs/pr/7");
}

TEST_CASE("a renamed repository is asked under its new name from then on") {
  script replies;
  replies.on(revision_url("old/name"), 200, described("new/name"))
      .on(tree_url("new/name"), 200, page_of({git_entry("a.json")}));
  const auto plan = pull(replies, "hf:old/name");
  REQUIRE(plan);
  CHECK(plan->what.name == "old/name");
  CHECK(plan->files.at(0).sources.at(0).url == hub + "/new/name/resolve/" + commit_a + "/a.json");
}

TEST_CASE("another endpoint, also with a path and a port, is used for everything") {
  vendor_settings settings;
  settings.hub_endpoint = "http://127.0.0.1:7835/hub";
  const auto at = settings.hub_endpoint;
  script replies;
  replies.on(revision_url("org/repo", "main", at), 200, described("org/repo"))
      .on(tree_url("org/repo", commit_a, at), 200, page_of({git_entry("a.json")}));
  const auto plan = pull(replies, "hf:org/repo", {}, settings);
  REQUIRE(plan);
  CHECK(plan->files.at(0).sources.at(0).url == at + "/org/repo/resolve/" + commit_a + "/a.json");
}

TEST_CASE("a reference pasted with another host is asked there") {
  auto what = parsed("hf:org/repo");
  what.host = GENERATE("hub.example.org:8443", "localhost:9000");
  const auto at = (what.host[0] == 'l' ? "http://" : "https://") + what.host;
  script replies;
  replies.on(revision_url("org/repo", "main", at), 200, described("org/repo"))
      .on(tree_url("org/repo", commit_a, at), 200, page_of({git_entry("a.json")}));
  CHECK(replies.play(make_hugging_face({})->resolve(what, {})));
}

TEST_CASE("a quant chooses its whole split set and nothing else") {
  auto replies = split_model();
  const auto plan = pull(replies, "hf:org/repo:q8_0");
  REQUIRE(plan);
  CHECK(paths_of(*plan) ==
        strings{"Q8_0/m-Q8_0-00001-of-00002.gguf", "Q8_0/m-Q8_0-00002-of-00002.gguf"});
  auto again = split_model();
  const auto four = pull(again, "hf:org/repo:Q4_K_M");
  REQUIRE(four);
  CHECK(paths_of(*four) == strings{"m-Q4_K_M.gguf"});
}

TEST_CASE("the selector of the reference counts where the wish has none") {
  auto replies = split_model();
  const auto plan =
      replies.play(make_hugging_face({})->resolve(parsed("hf:org/repo:Q4_K_M"), file_wish{}));
  REQUIRE(plan);
  CHECK(paths_of(*plan) == strings{"m-Q4_K_M.gguf"});
}

TEST_CASE("include and exclude choose by pattern") {
  auto replies = split_model();
  const auto plan =
      pull(replies, "hf:org/repo", {"", {"*.gguf", "*.json"}, {"*imatrix*", "Q8_0/"}});
  REQUIRE(plan);
  CHECK(paths_of(*plan) == strings{"config.json", "m-Q4_K_M.gguf"});
}

TEST_CASE("everything includes hidden files, small configuration first") {
  auto replies = split_model();
  const auto plan = pull(replies, "hf:org/repo");
  REQUIRE(plan);
  CHECK(plan->files.size() == 7);
  CHECK(plan->files.front().path == "config.json");
  CHECK(plan->files.back().path == "m-imatrix-Q4_K_M.gguf");
}

TEST_CASE("tokens are bound to the endpoint's origin, the job's own before the operator's") {
  vendor_settings settings;
  settings.hub_endpoint = "https://hub.example.org:8443/path";
  settings.hub_token = "hf_operator";
  const auto vendor = make_hugging_face(settings);
  const auto what = parsed("hf:org/repo");
  const auto keys = vendor->keys(what, "");
  CHECK(keys.authorization_for("https://hub.example.org:8443/org/repo") == "Bearer hf_operator");
  CHECK_FALSE(keys.authorization_for("https://hub.example.org/org/repo"));
  CHECK_FALSE(keys.authorization_for("http://hub.example.org:8443/org/repo"));
  CHECK_FALSE(keys.authorization_for("https://cdn.example.org:8443/x"));
  CHECK(vendor->keys(what, "hf_job").authorization_for(settings.hub_endpoint) == "Bearer hf_job");
  CHECK(make_hugging_face({})->keys(what, "").empty());
}

TEST_CASE("the operator's token never goes to a pasted host, the job's own does") {
  vendor_settings settings;
  settings.hub_token = "hf_operator";
  const auto vendor = make_hugging_face(settings);
  auto what = parsed("hf:org/repo");
  what.host = "elsewhere.example.org";
  CHECK(vendor->keys(what, "").empty());
  const auto keys = vendor->keys(what, "hf_job");
  CHECK(keys.authorization_for("https://elsewhere.example.org/x") == "Bearer hf_job");
  CHECK_FALSE(keys.authorization_for(hub));
  what.host = "huggingface.co";
  CHECK(vendor->keys(what, "").authorization_for(hub) == "Bearer hf_operator");
}

TEST_CASE("a token that is no header value is not sent") {
  CHECK(make_hugging_face({})->keys(parsed("hf:org/repo"), "hf_a\r\nx: y").empty());
}

TEST_CASE("a Space says what it runs on") {
  script replies;
  const auto api = hub + "/api/spaces/org/app";
  replies.on(api + "/revision/main", 200, described("org/app", R"("sdk":"gradio")"));
  replies.on(api + "/tree/" + commit_a + "?recursive=true&expand=false", 200,
             page_of({git_entry("app.py")}));
  const auto plan = pull(replies, "space:org/app");
  REQUIRE(plan);
  REQUIRE(plan->remarks.size() == 1);
  CHECK(plan->remarks[0].human == "space:org/app runs on gradio");
}
