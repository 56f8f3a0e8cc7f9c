#include "core/artifact/recipe.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace hive;

namespace {

const std::string small = R"([recipe]
name = "tiny"
version = "1.0"

[[step]]
run = ["make", "model.gguf"]

[output]
files = ["*.gguf"]
)";

const std::string whole = R"([recipe]
name = "tiny-q4"
version = "2"

[[source]]
ref = "hf:acme/model@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
path = "in/model"
include = ["*.safetensors"]
exclude = ["old/*"]

[[source]]
ref = "file:/data/extra.bin"
sha256 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

[[step]]
run = ["python3", "convert.py", "in/model"]

[[step]]
shell = "ls > list"

[output]
files = ["*.gguf", "list"]

[limits]
time = "2h"
disk = "50G"
memory = "16GiB"
network = true
)";

/// `small` with more at its end.
std::string with(const std::string& more) {
  return small + more;
}

failure refused(const std::string& text) {
  const auto got = parse_recipe(text);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::bad_recipe);
  return got.why();
}

std::string digest_of(const std::string& text, const std::vector<recipe_input>& inputs = {
                                                   {"in/a", {{}, std::string(64, 'a')}},
                                                   {"in/b", {{}, std::string(64, 'b')}}}) {
  return recipe_digest(parse_recipe(text).value(), inputs);
}

std::string replaced(std::string text, const std::string& old, const std::string& by) {
  const auto at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), by);
}

} // namespace

TEST_CASE("a recipe needs a name, a version, a step and an output") {
  const auto got = parse_recipe(small);
  REQUIRE(got);
  CHECK(got->name == "tiny");
  CHECK(got->version == "1.0");
  CHECK(got->sources.empty());
  CHECK(got->steps == std::vector<recipe_step>{{{"make", "model.gguf"}}});
  CHECK(got->outputs == std::vector<std::string>{"*.gguf"});
  CHECK(got->limits == recipe_limits{});
  CHECK_FALSE(got->limits.network);
}

TEST_CASE("every key of a recipe is read") {
  const auto got = parse_recipe(whole);
  REQUIRE(got);
  REQUIRE(got->sources.size() == 2);
  CHECK(to_string(got->sources[0].what) ==
        "hf:acme/model@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  CHECK(got->sources[0].path == "in/model");
  CHECK(got->sources[0].include == std::vector<std::string>{"*.safetensors"});
  CHECK(got->sources[0].exclude == std::vector<std::string>{"old/*"});
  CHECK(got->sources[1].path == "in");
  CHECK(got->sources[1].expected == digest{digest_kind::sha256, std::string(64, 'b')});
  CHECK(got->sources[1].line == 11);
  REQUIRE(got->steps.size() == 2);
  CHECK(got->steps[1].run == std::vector<std::string>{"/bin/sh", "-e", "-c", "ls > list"});
  CHECK(got->limits.time == std::chrono::hours{2});
  CHECK(got->limits.disk == 50'000'000'000);
  CHECK(got->limits.memory == 16ull << 30);
  CHECK(got->limits.network);
}

TEST_CASE("what is wrong with a recipe is said with its line") {
  struct row {
    std::string text;
    std::string said;
  };
  const auto [text, said] = GENERATE(values<row>({
      {"", "the recipe has no [recipe]"},
      {"[recipe]\nname = \"a\"\nversion = \"1\"\n", "the recipe has no [[step]]"},
      {replaced(small, "[output]", "[limits]"), "the recipe has no [output]"},
      {"nonsense", "line 1"},
      {replaced(small, "name =", "nmae ="), "line 2: [recipe] has no key \"nmae\""},
      {replaced(small, "\"tiny\"", "7"), "line 2: [recipe] name: is no text"},
      {replaced(small, "\"tiny\"", "\"a/b\""), "line 2: [recipe] name: has other characters"},
      {replaced(small, "version = \"1.0\"\n", ""), "[recipe] version: is missing"},
      {replaced(small, "[[step]]", "[step]"), "step is written as [[step]]"},
      {replaced(small, "[\"make\", \"model.gguf\"]", "\"make\""), "run: is no list of texts"},
      {replaced(small, "[\"make\", \"model.gguf\"]", "[]"), "run: names no program"},
      {replaced(small, "[\"make\", \"model.gguf\"]", "[1]"), "run: is no list of texts"},
      {replaced(small, "run =", "shell = \"x\"\nrun ="), "a step has either run"},
      {replaced(small, "[\"*.gguf\"]", "[]"), "files: names nothing"},
      {replaced(small, "*.gguf", "../*.gguf"), "is no pattern of files in the build's folder"},
      {replaced(small, "*.gguf", "/etc/passwd"), "is no pattern of files in the build's folder"},
      {with("[other]\n"), "line 10: a recipe has no key \"other\""},
      {with("[[source]]\nref = \"hf:\"\n"), "line 11: [[source]] ref"},
      {with("[[source]]\nref = \"build:/a.toml\"\n"), "a build is no source of another"},
      {with("[[source]]\npath = \"in\"\n"), "line 10: [[source]] ref: is missing"},
      {with("[[source]]\nref = \"hf:a/b\"\npath = \"out\"\n"), "line 12: [[source]] path"},
      {with("[[source]]\nref = \"hf:a/b\"\npath = \"in/../..\"\n"), "line 12: [[source]] path"},
      {with("[[source]]\nref = \"hf:a/b\"\nsha256 = \"AB\"\n"), "is not 64 lower-case hex"},
      {with("[limits]\ntime = \"2 weeks\"\n"), "line 11: [limits] time"},
      {with("[limits]\ntime = \"8d\"\n"), "line 11: [limits] time"},
      {with("[limits]\ntime = 0\n"), "line 11: [limits] time"},
      {with("[limits]\ndisk = -1\n"), "line 11: [limits] disk: is no size"},
      {with("[limits]\ndisk = 0\n"), "line 11: [limits] disk"},
      {with("[limits]\nnetwork = \"yes\"\n"), "line 11: [limits] network"},
  }));
  INFO(text);
  const auto why = refused(text);
  INFO(why.detail);
  CHECK(why.detail.find(said) != std::string::npos);
}

TEST_CASE("a misspelt key is answered with the nearest one") {
  CHECK(refused(with("[limits]\ntiem = 1\n")).hint == "did you mean time?");
}

TEST_CASE("a recipe is bounded") {
  CHECK(refused(with("# " + std::string(largest_recipe, 'x'))).detail ==
        "it is larger than 64 KiB");
  std::string many;
  for (int i = 0; i < 65; ++i) many += "[[step]]\nshell = \"true\"\n";
  CHECK(refused(with(many)).detail.find("more than 64 entries of [[step]]") != std::string::npos);
  CHECK(refused("name = \"\xff\"").detail == "it is not UTF-8");
}

TEST_CASE("the digest of a recipe changes with whatever decides what comes out") {
  const auto first = digest_of(whole);
  CHECK(is_hex(first, 64));
  CHECK(first != digest_of(replaced(whole, "tiny-q4", "tiny-q5")));
  CHECK(first != digest_of(replaced(whole, "version = \"2\"", "version = \"3\"")));
  CHECK(first !=
        digest_of(replaced(whole, "\"convert.py\", \"in/model\"", "\"convert.py in/model\"")));
  CHECK(first != digest_of(replaced(whole, "ls > list", "ls -l > list")));
  CHECK(first != digest_of(replaced(whole, "\"list\"]", "\"lis?\"]")));
  CHECK(first != digest_of(replaced(whole, "network = true", "network = false")));
  CHECK(first != digest_of(whole, {{"in/a", {{}, std::string(64, 'a')}},
                                   {"in/b", {{}, std::string(64, 'c')}}}));
  CHECK(first != digest_of(whole, {{"in/a", {{}, std::string(64, 'a')}},
                                   {"in/c", {{}, std::string(64, 'b')}}}));
}

TEST_CASE("the digest of a recipe does not change with what decides nothing") {
  const auto first = digest_of(whole);
  CHECK(first == digest_of("# a comment\n" + whole));
  CHECK(first == digest_of(replaced(whole, "\"*.gguf\", \"list\"", "\"list\", \"*.gguf\"")));
  CHECK(first == digest_of(replaced(whole, "time = \"2h\"", "time = 7200")));
  CHECK(first == digest_of(replaced(whole, "time = \"2h\"", "time = \"3h\"")));
  CHECK(first == digest_of(replaced(whole, "disk = \"50G\"", "disk = \"60G\"")));
  CHECK(first == digest_of(whole, {{"in/b", {{}, std::string(64, 'b')}},
                                   {"in/a", {{}, std::string(64, 'a')}}}));
}
