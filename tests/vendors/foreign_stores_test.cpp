#include "tests/support/catch.hpp"
#include "vendors/foreign_stores.hpp"

#include <string>

using namespace hive;

namespace {

const std::string sha_hex(64, 'a');
const std::string git(40, 'b');

std::vector<std::string> store_names(const std::string& what, std::optional<digest> expected) {
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
  CHECK(store_names("hf:org/repo", digest{digest_kind::sha256, sha_hex}) ==
        list{"/cache/models--org--repo/blobs/" + sha_hex, "/cache/blobs/sha256-" + sha_hex,
             "/models/models--org--repo/blobs/" + sha_hex, "/models/blobs/sha256-" + sha_hex});
  CHECK(
      store_names("hf:datasets/org/repo", digest{digest_kind::git_sha1, git}) ==
      list{"/cache/datasets--org--repo/blobs/" + git, "/models/datasets--org--repo/blobs/" + git});
  CHECK(store_names("file:/x", digest{digest_kind::sha256, sha_hex}) ==
        list{"/cache/blobs/sha256-" + sha_hex, "/models/blobs/sha256-" + sha_hex});
}

TEST_CASE("a content that is not known by a digest is looked for nowhere") {
  CHECK(store_names("hf:org/repo", std::nullopt).empty());
  CHECK(store_names("file:/x", digest{digest_kind::git_sha1, git}).empty());
}
