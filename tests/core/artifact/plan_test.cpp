#include "core/artifact/plan.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <limits>

using namespace hive;

namespace {

plan_file file(std::string path, std::optional<std::uint64_t> size, std::string hex = {}) {
  plan_file f;
  f.path = std::move(path);
  f.size = size;
  if (!hex.empty()) f.expected = digest{digest_kind::sha256, sha256_hex(hex)};
  f.sources = {{"https://host/" + f.path, {}, {{"etag", "1"}}}};
  return f;
}

download_plan plan() {
  download_plan p;
  p.what = parse_reference("hf:org/repo").value();
  p.revision = "c0ffee";
  p.files = {file("a", 5, "a"), file("b", std::nullopt)};
  return p;
}

} // namespace

TEST_CASE("known sizes are summed and never wrap") {
  auto p = plan();
  CHECK(known_bytes(p) == 5);
  p.files.push_back(file("c", std::numeric_limits<std::uint64_t>::max()));
  CHECK(known_bytes(p) == std::numeric_limits<std::uint64_t>::max());
  CHECK(known_bytes({}) == 0);
}

TEST_CASE("content is named by its digest, else by its source and checks") {
  const auto p = plan();
  CHECK(content_key(p.files[0]) == "sha256:" + sha256_hex("a"));
  const auto key = content_key(p.files[1]);
  CHECK(key.starts_with("url:"));
  CHECK(key.size() == 4 + 64);
  auto other = p.files[1];
  other.path = "elsewhere";
  CHECK(content_key(other) == key);
  other.sources[0].checks[0].value = "2";
  CHECK(content_key(other) != key);
  other = p.files[1];
  other.sources[0].url += "x";
  CHECK(content_key(other) != key);
  auto git = p.files[1];
  git.expected = digest{digest_kind::git_sha1, std::string(40, 'a')};
  CHECK(content_key(git) == "git-sha1:" + std::string(40, 'a'));
}

TEST_CASE("an artifact's key depends on what it is, not on how it was asked") {
  const auto p = plan();
  const auto key = artifact_key(p);
  CHECK(is_hex(key, 16));
  auto same = p;
  std::reverse(same.files.begin(), same.files.end());
  same.requested = "main";
  same.what.selector = "*";
  same.what.revision = "main";
  CHECK(artifact_key(same) == key);
  auto other = p;
  other.revision = "c0ffe0";
  CHECK(artifact_key(other) != key);
  other = p;
  other.files.pop_back();
  CHECK(artifact_key(other) != key);
  other = p;
  other.files[0].path = "z";
  CHECK(artifact_key(other) != key);
  other = p;
  other.what.kind = repo_kind::dataset;
  CHECK(artifact_key(other) != key);
  other = p;
  other.what.name = "org/repo2";
  CHECK(artifact_key(other) != key);
}
