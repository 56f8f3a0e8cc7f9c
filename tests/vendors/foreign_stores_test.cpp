#include "tests/support/catch.hpp"
#include "vendors/foreign_stores.hpp"

#include <string>

using namespace hive;

namespace {

const std::string sha(64, 'a');
const std::string git(40, 'b');

std::vector<std::string> names(const std::string& what, std::optional<digest> expected) {
  download_plan plan;
  plan.what = parse_reference(what).value();
  plan.files.push_back({"m", 5, std::move(expected), {}});
  vendors::name_copies(plan, {"/cache", "/models"});
  std::vector<std::string> out;
  for (const auto& copy : plan.files[0].copies) out.push_back(copy.path.string());
  return out;
}

} // namespace

TEST_CASE("a content is looked for under the names other stores give it") {
  using list = std::vector<std::string>;
  CHECK(names("hf:org/repo", digest{digest_kind::sha256, sha}) ==
        list{"/cache/models--org--repo/blobs/" + sha, "/cache/blobs/sha256-" + sha,
             "/models/models--org--repo/blobs/" + sha, "/models/blobs/sha256-" + sha});
  CHECK(
      names("hf:datasets/org/repo", digest{digest_kind::git_sha1, git}) ==
      list{"/cache/datasets--org--repo/blobs/" + git, "/models/datasets--org--repo/blobs/" + git});
  CHECK(names("file:/x", digest{digest_kind::sha256, sha}) ==
        list{"/cache/blobs/sha256-" + sha, "/models/blobs/sha256-" + sha});
}

TEST_CASE("a content that is not known by a digest is looked for nowhere") {
  CHECK(names("hf:org/repo", std::nullopt).empty());
  CHECK(names("file:/x", digest{digest_kind::git_sha1, git}).empty());
}
