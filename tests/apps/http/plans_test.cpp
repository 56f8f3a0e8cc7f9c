#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace hive;
using namespace hive::http::test;

namespace {

struct asking_node {
  answer plan(const std::string& body) const {
    return ask(door->url(), "POST", "/v1/plans", as_json, body);
  }
  answer reference(const std::string& encoded) const {
    return ask(door->url(), "GET", "/v1/references?ref=" + encoded);
  }
  fake_node node;
  std::unique_ptr<http::door> door{open_door(node)};
};

} // namespace

TEST_CASE("a reference is taken apart without asking anybody") {
  struct row {
    std::string typed, ref, scheme, name, revision, selector, whole;
    bool quant;
  };
  const auto good =
      GENERATE(row{"org/repo", "hf:org/repo", "hf", "org/repo", "", "", "hf:org/repo", false},
               row{"hf:org/repo@v1:Q4_K_M", "hf:org/repo@v1:Q4_K_M", "hf", "org/repo", "v1",
                   "Q4_K_M", "hf:org/repo@v1", true},
               row{"gh:owner/repo@v2:*.gguf", "gh:owner/repo@v2:*.gguf", "gh", "owner/repo", "v2",
                   "*.gguf", "gh:owner/repo@v2", false});
  const asking_node here;
  const auto got = here.reference(good.typed);
  REQUIRE(got.status == 200);
  const auto body = got.json();
  const auto text = [&](std::string_view name) {
    return std::string{body.root()[name].string().value_or("")};
  };
  CHECK(text("ref") == good.ref);
  CHECK(text("scheme") == good.scheme);
  CHECK(text("name") == good.name);
  CHECK(text("revision") == good.revision);
  CHECK(text("selector") == good.selector);
  CHECK(text("whole") == good.whole);
  CHECK(body.root()["quant"].boolean() == good.quant);
}

TEST_CASE("what is no reference is refused with its place") {
  const asking_node here;
  for (const auto& bad :
       {std::string{}, std::string{"hf:"}, std::string{"hf%3Aorg"}, std::string(5000, 'x')}) {
    const auto got = here.reference(bad);
    CHECK(got.status == 400);
    CHECK(got.problem_code() == "bad_reference");
    CHECK(got.json().root()["field"].string() == "ref");
  }
}

TEST_CASE("a plan says what would come, and nothing is stored") {
  asking_node here;
  const auto got = here.plan(R"({"ref":"hf:org/large","include":["*.gguf"],"token":"hf_secret"})");
  REQUIRE(got.status == 200);
  const auto body = got.json();
  const auto root = body.root();
  CHECK(root["revision"].string() == std::string(40, 'c'));
  CHECK(root["requested"].string() == "main");
  CHECK(root["file_count"].natural() == 2u);
  CHECK(root["files"].elements().size() == 2);
  CHECK(root["files"].elements()[0]["digest"].string() == "sha256:" + std::string(64, 'a'));
  CHECK(root["files"].elements()[1]["size"].is_null());
  CHECK(root["bytes"].natural() == 17u);
  CHECK(root["sizes_known"].boolean() == false);
  CHECK(root["to_come"].natural() == 17u);
  CHECK(root["lacks"].natural() == 5u);
  CHECK(root["lacks_human"].string() == "disk needs 5 B more on /");
  CHECK(root["artifact"].is_null());
  CHECK(root["choices"].elements()[0]["selector"].string() == "Q4_K_M");
  CHECK(root["remarks"].elements()[0]["action"].string() == "digest-unpublished");
  CHECK(here.node.last_request().include == std::vector<std::string>{"*.gguf"});
  CHECK(here.node.last_token() == "hf_secret");
  CHECK(here.node.job_count() == 0);
  CHECK(here.plan(R"({"ref":"hf:org/here"})").json().root()["artifact"].string() ==
        "00112233aabbccdd");
}

TEST_CASE("a plan is asked for as a job is, and refused alike") {
  asking_node here;
  CHECK(here.plan("{").status == 400);
  CHECK(here.plan(R"({"ref":"hf:"})").json().root()["field"].string() == "ref");
  CHECK(here.plan(R"({"ref":"hf:org/a","speed":1})").json().root()["field"].string() == "speed");
  CHECK(ask(here.door->url(), "POST", "/v1/plans", {}, R"({"ref":"hf:org/a"})").status == 415);
  CHECK(ask(here.door->url(), "GET", "/v1/plans").status == 405);
  here.node.fall_silent();
  CHECK(here.plan(R"({"ref":"hf:org/a"})").status == 504);
}

TEST_CASE("no more than sixteen plans are made at once") {
  asking_node here;
  here.node.hold_jobs();
  std::vector<wire> waiting;
  for (int i = 0; i < 16; ++i) {
    waiting.emplace_back(here.door->url());
    waiting.back().request("POST", "/v1/plans", as_json, R"({"ref":"hf:org/a"})");
  }
  REQUIRE(here.node.wait_for_held(16));
  const auto got = here.plan(R"({"ref":"hf:org/a"})");
  CHECK(got.status == 503);
  CHECK(got.problem_code() == "overloaded");
  here.node.let_go();
  for (auto& one : waiting) CHECK(one.receive().status == 200);
  CHECK(here.plan(R"({"ref":"hf:org/a"})").status == 200);
}
