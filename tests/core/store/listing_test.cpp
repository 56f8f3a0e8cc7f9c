#include "core/base/json.hpp"
#include "core/store/listing.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace hive::store {
namespace {

namespace fs = std::filesystem;

struct folder {
  folder() {
    std::string name = (fs::temp_directory_path() / "hive-listing-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    path = name;
  }
  ~folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  void put(const std::string& name, std::size_t size) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream{path / name} << std::string(size, 'x');
  }
  std::string url(const std::string& below = {}) const { return "file://" + path.string() + below; }
  fs::path path;
};

/// path → size
std::map<std::string, std::uint64_t> files_of(const listing& found) {
  std::map<std::string, std::uint64_t> files;
  const auto text = json::parse(found.body);
  REQUIRE(text);
  for (const auto entry : text->root()["files"].elements()) {
    CHECK(entry["mtime_ns"].integer().value_or(0) > 0);
    files.emplace(entry["path"].string().value_or(""), entry["size"].natural().value_or(0));
  }
  return files;
}

using sizes = std::map<std::string, std::uint64_t>;

TEST_CASE("a directory lists its regular files, without hidden ones and links that leave it") {
  folder at;
  folder elsewhere;
  at.put("a.bin", 3);
  at.put("sub/b.bin", 5);
  at.put(".git/config", 7);
  at.put(".hidden", 7);
  elsewhere.put("secret", 9);
  fs::create_symlink(elsewhere.path / "secret", at.path / "leaves");
  fs::create_symlink("a.bin", at.path / "stays");
  fs::create_symlink("nowhere", at.path / "dangling");
  const auto found = list_files(at.url());
  REQUIRE(found.status == 200);
  CHECK(files_of(found) == sizes{{"a.bin", 3}, {"stays", 3}, {"sub/b.bin", 5}});
  CHECK(files_of(list_files(at.url("/"))) == files_of(found));
}

TEST_CASE("a file lists itself under its own name, percent-encoded or not") {
  folder at;
  at.put("sub/my model.gguf", 4);
  const auto found = list_files(at.url("/sub/my%20model.gguf"));
  REQUIRE(found.status == 200);
  CHECK(files_of(found) == sizes{{"my model.gguf", 4}});
}

TEST_CASE("what is not there, or no file, is 404") {
  folder at;
  CHECK(list_files(at.url("/nothing")).status == 404);
  CHECK(list_files("file:///dev/null").status == 404);
  CHECK(list_files("https://host/a").status == 404);
}

} // namespace
} // namespace hive::store
