#include "apps/hive/pick.hpp"

#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::cli;

namespace {

artifact_sight held(std::string ref, std::vector<std::string> files = {}) {
  artifact_sight out;
  out.ref = std::move(ref);
  out.revision = "0123456789abcdef0123456789abcdef01234567";
  out.requested = "main";
  out.files = std::move(files);
  return out;
}

reference ref(const char* text) {
  return *parse_reference(text);
}

} // namespace

TEST_CASE("a reference means its repository at the revision it names") {
  const auto a = held("hf:org/repo");
  CHECK(same_source(ref("org/repo"), a));
  CHECK(same_source(ref("hf:org/repo@main"), a));
  CHECK(same_source(ref("hf:org/repo@01234567"), a));
  CHECK(same_source(ref("hf:org/repo:Q4_K_M"), a));
  CHECK_FALSE(same_source(ref("hf:org/repo@other"), a));
  CHECK_FALSE(same_source(ref("hf:org/repo2"), a));
  CHECK_FALSE(same_source(ref("hf:datasets/org/repo"), a));
  CHECK_FALSE(same_source(ref("gh:org/repo"), a));
}

TEST_CASE("removing a part never removes the whole") {
  CHECK(meant_exactly(ref("org/repo"), held("hf:org/repo")));
  CHECK(meant_exactly(ref("org/repo"), held("hf:org/repo:Q4_K_M")));
  CHECK(meant_exactly(ref("org/repo:q4_k_m"), held("hf:org/repo:Q4_K_M")));
  CHECK_FALSE(meant_exactly(ref("org/repo:Q4_K_M"), held("hf:org/repo")));
  CHECK_FALSE(meant_exactly(ref("org/repo:Q4_K_M"), held("hf:org/repo:Q8_0")));
}

TEST_CASE("a selector chooses files of what is here") {
  const auto a = held("hf:org/repo", {"config.json", "m-Q4_K_M.gguf", "m-Q8_0.gguf"});
  CHECK(*chosen_of(ref("org/repo:Q8_0"), a) == std::vector<std::string>{"m-Q8_0.gguf"});
  CHECK(chosen_of(ref("org/repo"), a)->size() == 3);
  CHECK_FALSE(chosen_of(ref("org/repo:Q2_K"), a));
}

TEST_CASE("a tool is given the file when there is exactly one model file") {
  using names = std::vector<std::string>;
  CHECK(single_model(names{"README.md", "m.gguf"}) == "m.gguf");
  CHECK(single_model(names{"m-00002-of-00002.gguf", "m-00001-of-00002.gguf"}) ==
        "m-00001-of-00002.gguf");
  CHECK(single_model(names{"m.GGUF", "mmproj-m.gguf"}) == "m.GGUF");
  CHECK(single_model(names{"m.gguf", "mtp-m.gguf", "imatrix.gguf"}) == "m.gguf");
}

TEST_CASE("a tool is given the folder when there are several models or other weights") {
  using names = std::vector<std::string>;
  CHECK_FALSE(single_model(names{"a.gguf", "b.gguf"}));
  CHECK_FALSE(single_model(names{"config.json", "model.safetensors"}));
  CHECK_FALSE(single_model(names{"m.gguf", "model.safetensors"}));
  CHECK_FALSE(single_model(names{}));
}
