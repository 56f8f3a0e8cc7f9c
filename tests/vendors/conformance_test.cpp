/// The vendors' conversations that the contract is tried with.
#include "tests/support/catch.hpp"
#include "tests/vendors/conformance.hpp"
#include "tests/vendors/github_fixture.hpp"
#include "tests/vendors/hub_fixture.hpp"
#include "tests/vendors/oci_fixture.hpp"
#include "vendors/build.hpp"
#include "vendors/local.hpp"
#include "vendors/web_file.hpp"

using namespace hive;
using namespace hive::vendors;

namespace {

const std::string tree = tree_url("org/repo");

/// A repository whose list never ends.
script endless_hub() {
  auto out = repository("org/repo", {});
  out.on(tree, 200, "[]", {{"link", "<" + tree + ">; rel=\"next\""}});
  return out;
}

script two_pages() {
  auto out = repository("org/repo", {});
  out.on(tree, 200, page_of({git_entry("a.json")}),
         {{"link", "<" + tree + "&cursor=2>; rel=\"next\""}});
  out.on(tree + "&cursor=2", 200, page_of({lfs_entry("m.gguf")}));
  return out;
}

std::vector<recording> hub_recordings() {
  const auto limit = net::header_list{{"ratelimit", "\"api\";r=0;t=30"}};
  return {
      {"happy", "hf:org/repo", repository("org/repo", {git_entry("a.json"), lfs_entry("m.gguf")})},
      {"empty", "hf:org/repo", repository("org/repo", {}), errc::entry_missing},
      {"gated", "hf:org/repo",
       script{}.on(revision_url("org/repo"), 403, "", {{"x-error-code", "GatedRepo"}}),
       errc::gated},
      {"rate-limited", "hf:org/repo", script{}.on(revision_url("org/repo"), 429, "", limit),
       errc::rate_limited},
      {"paged", "hf:org/repo", two_pages()},
      {"malformed", "hf:org/repo", script{}.on(revision_url("org/repo"), 200, "{\"sha\":5}"),
       errc::unreadable_reply},
      {"hostile names", "hf:org/repo", repository("org/repo", {git_entry("../x")}), errc::bad_path},
      {"huge", "hf:org/repo", endless_hub(), errc::unreadable_reply}};
}

const std::string newest = repo_api + "/releases?per_page=20";

std::vector<recording> release_recordings() {
  const auto limit = net::header_list{{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "30"}};
  const auto sums = std::string(64, 'a') + "  a.bin\n";
  auto summed = released({{"a.bin", 10, "null"}, {"SHA256SUMS", sums.size()}});
  summed.on(web_url("SHA256SUMS"), 200, sums);
  auto hidden = script{}.on(release_url(), 404, R"({"message":"Not Found"})");
  hidden.on(newest, 404, R"({"message":"Not Found"})");
  return {{"happy", "gh:acme/models", released({{"a.bin"}, {"b.json"}})},
          {"happy", "gh:acme/models:a.bin", summed},
          {"empty", "gh:acme/models", released({}), errc::entry_missing},
          {"gated", "gh:acme/models", hidden, errc::repo_missing},
          {"rate-limited", "gh:acme/models",
           script{}.on(release_url(), 403, R"({"message":"API rate limit exceeded"})", limit),
           errc::rate_limited},
          {"malformed", "gh:acme/models", script{}.on(release_url(), 200, "{\"tag_name\":5}"),
           errc::unreadable_reply},
          {"hostile names", "gh:acme/models", released({{"../x"}}), errc::bad_path},
          {"huge", "gh:acme/models", released({{"a.bin", 1ull << 60}}), errc::unreadable_reply}};
}

const std::string web_address = "https://host.example/m.gguf";
const std::string list = "https://host.example/m.meta4";

script first_byte(const std::string& of, net::header_list headers) {
  return script{}.on(of, 206, "x", std::move(headers));
}

script metalink(const std::string& files) {
  return script{}.on(list, 200,
                     "<metalink xmlns='urn:ietf:params:xml:ns:metalink'>" + files + "</metalink>");
}

std::vector<recording> web_recordings() {
  const auto url = "<url>https://host.example/x</url>";
  return {{"happy", web_address,
           first_byte(web_address, {{"content-range", "bytes 0-0/9"}, {"etag", "\"1\""}})},
          {"happy", list, metalink(std::string{"<file name='d/m'>"} + url + "</file>")},
          {"empty", list, metalink(""), errc::unreadable_reply},
          {"gated", web_address, script{}.on(web_address, 401), errc::credentials_needed},
          {"rate-limited", web_address, script{}.on(web_address, 429, "", {{"retry-after", "7"}}),
           errc::rate_limited},
          {"malformed", web_address, first_byte(web_address, {{"content-range", "bytes 5-5/9"}}),
           errc::unreadable_reply},
          {"hostile names", list, metalink(std::string{"<file name='../m'>"} + url + "</file>"),
           errc::bad_path},
          {"huge", web_address,
           first_byte(web_address, {{"content-range", "bytes 0-0/99999999999999999"}}),
           errc::unreadable_reply}};
}

/// Of the tag `latest` of llama3.2, asked without a registry.
script manifest(int status, const std::string& body, net::header_list headers = {}) {
  return script{}.on(llama + "/manifests/latest", status, body, std::move(headers));
}

std::vector<recording> registry_recordings() {
  const auto model = manifest_of({ollama_layer("model", 'a'), ollama_layer("license", 'b')});
  const auto outside = content("application/octet-stream", 'a', 10, titled("../../x"));
  return {{"happy", "ollama:llama3.2", manifest(200, model)},
          {"empty", "ollama:llama3.2", manifest(200, index_of({})), errc::entry_missing},
          {"gated", "ollama:llama3.2", manifest(401, refusal("UNAUTHORIZED")),
           errc::credentials_needed},
          {"rate-limited", "ollama:llama3.2", manifest(429, "", {{"retry-after", "7"}}),
           errc::rate_limited},
          {"malformed", "ollama:llama3.2", manifest(200, "{\"config\":5}"), errc::unreadable_reply},
          {"hostile names", "ollama:llama3.2", manifest(200, manifest_of({outside}))},
          {"huge", "ollama:llama3.2",
           manifest(200, manifest_of({ollama_layer("model", 'a', 1ull << 60)})),
           errc::unreadable_reply}};
}

const std::string folder = "file:///srv/model";

script listed(int status, const std::string& files) {
  return script{}.list(folder, status, R"({"type":"directory","files":[)" + files + "]}");
}

std::string local_entry(const std::string& path) {
  return R"({"path":")" + path + R"(","size":10,"version":"1-10-5.0"})";
}

std::vector<recording> local_recordings() {
  const std::string ref = "file:/srv/model";
  const auto one = "<metalink xmlns='urn:ietf:params:xml:ns:metalink'><file name='d/m'>"
                   "<url>https://host.example/x</url></file></metalink>";
  return {{"happy", ref, listed(200, local_entry("a.json") + "," + local_entry("m.gguf"))},
          {"happy", "file:/srv/m.meta4", script{}.text("file:///srv/m.meta4", 200, one)},
          {"empty", ref, listed(200, ""), errc::entry_missing},
          {"gated", ref, script{}.list(folder, 403), errc::source_unreadable},
          {"malformed", ref, script{}.list(folder, 200, "{\"type\":5}"), errc::unreadable_reply},
          {"hostile names", ref, listed(200, local_entry("../x")), errc::bad_path},
          {"huge", ref, script{}.list(folder, 413), errc::disk_failed}};
}

std::string recipe_of(const std::string& ref) {
  return "[recipe]\nname = \"n\"\nversion = \"1\"\n[[source]]\nref = \"" + ref +
         "\"\n[[step]]\nrun = [\"true\"]\n[output]\nfiles = [\"*\"]\n";
}

std::vector<recording> build_recordings() {
  const std::string ref = "build:/r/x.toml";
  const std::string place = "file:///r/x.toml";
  auto happy = script{}
                   .on(revision_url("org/repo", commit_a), 200, described("org/repo"))
                   .on(tree, 200, page_of({git_entry("a.json"), lfs_entry("m.gguf")}));
  happy.recipe(place, 200, recipe_of("hf:org/repo@" + commit_a));
  return {{"happy", ref, happy},
          {"malformed", ref, script{}.recipe(place, 200, "[recipe]\n"), errc::bad_recipe},
          {"huge", ref, script{}.recipe(place, 200, std::string(65 << 10, '#')), errc::bad_recipe}};
}

std::unique_ptr<const vendor> recipe_builder() {
  std::vector<std::unique_ptr<const vendor>> sources;
  sources.push_back(make_hugging_face({}));
  return make_build(std::move(sources));
}

} // namespace

TEST_CASE("the vendor of local files keeps to the contract") {
  // A disk has no quota of questions, and lists a folder at once.
  check_conformance({.make = [] { return make_local(); },
                     .stranger = "hf:org/repo",
                     .asks = {},
                     .recordings = local_recordings(),
                     .lacks = {"rate-limited", "paged"}});
}

TEST_CASE("the vendor of builds keeps to the contract") {
  // What its sources say is told in their words, about them: their vendors are held to it. A recipe
  // without sources is a plan without files, which is right for it alone.
  check_conformance({.make = recipe_builder,
                     .stranger = "hf:org/repo",
                     .asks = {hub},
                     .recordings = build_recordings(),
                     .lacks = {"empty", "gated", "rate-limited", "paged", "hostile names"}});
}

TEST_CASE("the Hub's vendor keeps to the contract") {
  check_conformance({.make = [] { return make_hugging_face({}); },
                     .stranger = "gh:acme/models",
                     .asks = {hub},
                     .recordings = hub_recordings()});
}

TEST_CASE("GitHub's vendor keeps to the contract") {
  // A release tells all of its files in one reply, and hides what is private.
  check_conformance({.make = [] { return make_github({}); },
                     .stranger = "hf:org/repo",
                     .asks = {github_api, "https://github.com"},
                     .recordings = release_recordings(),
                     .lacks = {"paged"}});
}

TEST_CASE("the vendor of web addresses keeps to the contract") {
  check_conformance({.make = [] { return make_web_file(); },
                     .stranger = "hf:org/repo",
                     .asks = {"https://host.example"},
                     .recordings = web_recordings(),
                     .lacks = {"paged"}});
}

TEST_CASE("the vendor of registries keeps to the contract") {
  // A manifest is one reply; what its maker calls its contents is taken where it is safe only.
  check_conformance({.make = [] { return make_oci({}); },
                     .stranger = "hf:org/repo",
                     .asks = {ollama_host},
                     .recordings = registry_recordings(),
                     .lacks = {"paged"}});
}
