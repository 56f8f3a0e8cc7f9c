/// What a registry's refusals and broken replies come to.
#include "tests/support/catch.hpp"
#include "tests/vendors/oci_fixture.hpp"

#include <chrono>

using namespace hive;
using namespace hive::vendors;

namespace {

const std::string latest = llama + "/manifests/latest";

failure why_of(int status, const std::string& body, net::header_list headers = {}) {
  script replies;
  replies.on(latest, status, body, std::move(headers));
  const auto plan = pull_oci(replies, "ollama:llama3.2");
  REQUIRE_FALSE(plan);
  CHECK_FALSE(plan.why().detail.empty());
  return plan.why();
}

} // namespace

TEST_CASE("a registry's codes come before the status") {
  struct row {
    int status;
    std::string body;
    errc code;
    std::string part;
  };
  const row table[] = {
      {404, refusal("NAME_UNKNOWN"), errc::repo_missing, "has no library/llama3.2"},
      {404, refusal("MANIFEST_UNKNOWN", "manifest unknown"), errc::revision_missing,
       "no tag 'latest' of library/llama3.2 (HTTP 404, \"MANIFEST_UNKNOWN: manifest unknown\")"},
      {404, refusal("SOMETHING"), errc::repo_missing, "is not at registry.ollama.ai"},
      {404, "<html>", errc::repo_missing, "is not at registry.ollama.ai"},
      {401, refusal("UNAUTHORIZED"), errc::credentials_needed, "missing, private"},
      {401, R"({"error":"gated"})", errc::credentials_needed, "\"gated\""},
      {403, refusal("DENIED"), errc::credentials_rejected, "refuses"},
      {500, "", errc::vendor_unavailable, "trouble"},
      {408, "", errc::vendor_unavailable, "trouble"},
      {418, "", errc::unreadable_reply, "418"}};
  for (const auto& row : table) {
    INFO(row.status << row.body);
    const auto why = why_of(row.status, row.body);
    CHECK(why.code == row.code);
    INFO(why.detail);
    CHECK(why.detail.find(row.part) != std::string::npos);
  }
}

TEST_CASE("a registry that asks for patience says how long") {
  const auto why = why_of(429, refusal("TOOMANYREQUESTS"), {{"retry-after", "37"}});
  CHECK(why.code == errc::rate_limited);
  CHECK(why.retry_after == std::chrono::seconds{37});
}

TEST_CASE("what a registry says is made fit for one line") {
  const auto why = why_of(404, refusal("X", "a\\u001b[31m\\nb"));
  CHECK(why.detail.find('\x1b') == std::string::npos);
  CHECK(why.detail.find('\n') == std::string::npos);
}

TEST_CASE("how to log in depends on whom") {
  CHECK(why_of(401, "").hint.find("id_ed25519.pub") != std::string::npos);
  script replies;
  replies.on("https://ghcr.io/v2/a/b/manifests/latest", 401, "");
  CHECK(pull_oci(replies, "ollama:ghcr.io/a/b").why().hint.find("docker login ghcr.io") !=
        std::string::npos);
}

TEST_CASE("a content that is gone is refused in the registry's name") {
  script replies;
  replies.on(latest, 200, manifest_of({ollama_layer("model", '1')}));
  const auto plan = pull_oci(replies, "ollama:llama3.2");
  REQUIRE(plan);
  REQUIRE(plan->refusals.size() == 1);
  CHECK(plan->refusals[0].name == ":status");
  CHECK(plan->refusals[0].value == "404");
  CHECK(plan->refusals[0].code == errc::entry_missing);
}

TEST_CASE("a manifest with any field wrong is refused, and the field is named") {
  const auto good = ollama_layer("model", '1');
  const std::pair<std::string, std::string> table[] = {
      {"", "malformed"},
      {"[]", "no object"},
      {"{}", "\"layers\""},
      {R"({"layers":{}})", "\"layers\""},
      {R"({"layers":[]})", "config"},
      {R"({"config":5,"layers":[]})", "config"},
      {manifest_of({"5"}), "layer 1"},
      {manifest_of({good, R"({"digest":")" + sha('1') + R"(","size":1})"}), "layer 2"},
      {manifest_of({R"({"mediaType":5,"digest":")" + sha('1') + R"(","size":1})"}), "mediaType"},
      {manifest_of({R"({"mediaType":"x","size":1})"}), "digest"},
      {manifest_of({R"({"mediaType":"x","digest":"sha256:AB","size":1})"}), "digest"},
      {manifest_of({R"({"mediaType":"x","digest":")" + sha('g') + R"(","size":1})"}), "digest"},
      {manifest_of({R"({"mediaType":"x","digest":")" + sha('1') + R"(","size":-1})"}), "size"},
      {manifest_of({R"({"mediaType":"x","digest":")" + sha('1') + R"(","size":1e30})"}), "size"},
      {index_of({"{}"}), "digest"},
      {"<html>", "web page"}};
  for (const auto& [body, part] : table) {
    INFO(body);
    const auto why = why_of(200, body);
    CHECK(why.code == errc::unreadable_reply);
    INFO(why.detail);
    CHECK(why.detail.find(part) != std::string::npos);
  }
}

TEST_CASE("a manifest that came encoded, and a network that fails, are passed on") {
  CHECK(why_of(200, manifest_of({}), {{"content-encoding", "gzip"}}).code ==
        errc::unreadable_reply);
  script replies;
  replies.broken(latest, fail(errc::timed_out, "too late"));
  CHECK(pull_oci(replies, "ollama:llama3.2").why() == fail(errc::timed_out, "too late"));
}
