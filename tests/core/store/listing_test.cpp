#include "core/base/json.hpp"
#include "core/store/listing.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gguf.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

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
  fs::path at(const std::string& below = {}) const { return path.string() + below; }
  fs::path path;
};

/// path → size
std::map<std::string, std::uint64_t> files_of(const listing& found) {
  std::map<std::string, std::uint64_t> files;
  const auto text = json::parse(found.body);
  REQUIRE(text);
  for (const auto entry : text->root()["files"].elements()) {
    CHECK_FALSE(entry["version"].string().value_or("").empty());
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
  const auto found = list_files(at.at());
  REQUIRE(found.status == 200);
  CHECK(files_of(found) == sizes{{"a.bin", 3}, {"stays", 3}, {"sub/b.bin", 5}});
  CHECK(files_of(list_files(at.at("/"))) == files_of(found));
}

TEST_CASE("a file lists itself under its own name") {
  folder at;
  at.put("sub/my model.gguf", 4);
  const auto found = list_files(at.at("/sub/my model.gguf"));
  REQUIRE(found.status == 200);
  CHECK(files_of(found) == sizes{{"my model.gguf", 4}});
}

TEST_CASE("what is not there, or no file, is 404") {
  folder at;
  CHECK(list_files(at.at("/nothing")).status == 404);
  CHECK(list_files("/dev/null").status == 404);
  CHECK(list_files("").status == 404);
}

/// path → is somebody writing it?
std::map<std::string, bool> busy_of(const listing& found) {
  std::map<std::string, bool> files;
  const auto text = json::parse(found.body);
  REQUIRE(text);
  for (const auto entry : text->root()["files"].elements())
    files.emplace(entry["path"].string().value_or(""), entry["busy"].boolean().value_or(false));
  return files;
}

TEST_CASE("a file that somebody has open to write is busy, until it has been quiet for long") {
  folder at;
  at.put("done", 3);
  at.put("written", 3);
  at.put("idle", 3);
  std::ofstream writer{at.path / "written", std::ios::app};
  std::ofstream sleeper{at.path / "idle", std::ios::app};
  fs::last_write_time(at.path / "idle", fs::file_time_type::clock::now() - std::chrono::hours{1});
  using files = std::map<std::string, bool>;
  CHECK(busy_of(list_files(at.path)) == files{{"done", false}, {"idle", false}, {"written", true}});
  writer.close();
  CHECK(busy_of(list_files(at.path)) ==
        files{{"done", false}, {"idle", false}, {"written", false}});
}

TEST_CASE("a part of a split GGUF says which one it is") {
  folder at;
  const auto part = testing::gguf_file{}
                        .u16("split.no", 1)
                        .u16("split.count", 3)
                        .i32("split.tensors.count", 300)
                        .bytes();
  for (const auto* name : {"m-00002-of-00003.gguf", "m.gguf"})
    std::ofstream{at.path / name} << part;
  at.put("m-00001-of-00003.gguf", 100);
  const auto text = json::parse(list_files(at.path).body);
  REQUIRE(text);
  std::map<std::string, std::vector<std::uint64_t>> said;
  for (const auto entry : text->root()["files"].elements())
    for (const auto one : entry["split"].elements())
      said[std::string{entry["path"].string().value()}].push_back(one.natural().value());
  CHECK(said == decltype(said){{"m-00002-of-00003.gguf", {1, 3, 300, 0}}});
}

TEST_CASE("whatever changes a file gives it another version") {
  folder at;
  at.put("a", 3);
  const auto version = [&] {
    const auto text = json::parse(list_files(at.path / "a").body);
    return std::string{text.value().root()["files"].elements().at(0)["version"].string().value()};
  };
  const auto first = version();
  CHECK(version() == first);
  const auto time = fs::last_write_time(at.path / "a");
  fs::last_write_time(at.path / "a", time + std::chrono::nanoseconds{1});
  const auto touched = version();
  CHECK(touched != first);
  // Replaced by another file of the same length and time.
  at.put("b", 3);
  fs::last_write_time(at.path / "b", time + std::chrono::nanoseconds{1});
  fs::rename(at.path / "b", at.path / "a");
  CHECK(version() != touched);
}

} // namespace
} // namespace hive::store
