#include "core/base/digest.hpp"
#include "core/build/recipe_file.hpp"
#include "core/net/local_url.hpp"
#include "tests/core/build/scene.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

using namespace hive;
using namespace hive::build;

namespace {

namespace fs = std::filesystem;

struct workroom : scene {
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((place->folder() / path).parent_path());
    std::ofstream{place->folder() / path} << text;
  }
  failure refused(const std::string& glob) const {
    const auto got = place->outputs({glob});
    REQUIRE_FALSE(got);
    return got.why();
  }
};

} // namespace

TEST_CASE_METHOD(workroom, "outputs are the files a pattern names, to be moved") {
  write("a.gguf", "12345");
  write("deep/b.gguf", "1");
  write("notes.txt", "1");
  write("in/c.gguf", "1");
  write(".tmp/d.gguf", "1");
  const auto got = place->outputs({"*.gguf"});
  REQUIRE(got);
  REQUIRE(got->size() == 2);
  CHECK((*got)[0].path == "a.gguf");
  CHECK((*got)[0].size == 5);
  CHECK((*got)[0].sources.at(0).given);
  CHECK(net::local_path((*got)[0].sources.at(0).url) == (place->folder() / "a.gguf").string());
  CHECK((*got)[1].path == "deep/b.gguf");
}

TEST_CASE_METHOD(workroom, "what is no file, or leads out, is no output") {
  fs::create_symlink("/etc/passwd", place->folder() / "x.gguf");
  fs::create_directory_symlink("/etc", place->folder() / "dir");
  CHECK(refused("*.gguf").detail == "x.gguf is a symbolic link, and an output is a file");
  CHECK(refused("dir/passwd").detail.find("no file is called \"dir/passwd\"") == 0);
  CHECK(refused("dir").code == errc::build_failed);
  REQUIRE(::mkfifo((place->folder() / "pipe").c_str(), 0600) == 0);
  CHECK(refused("pipe").detail == "pipe is a pipe, and an output is a file");
}

TEST_CASE_METHOD(workroom, "names that are not safe are no outputs") {
  write("back\\slash", "1");
  CHECK(refused("back*").code == errc::bad_path);
  write("A", "1");
  write("a", "1");
  CHECK(refused("[aA]").code == errc::bad_path);
}

TEST_CASE_METHOD(workroom, "a pattern nothing matches is answered with what there is") {
  write("model.bin", "1");
  const auto why = refused("*.gguf");
  CHECK(why.code == errc::build_failed);
  CHECK(why.detail == "no file is called \"*.gguf\" after the last step; there are model.bin");
}

TEST_CASE_METHOD(workroom, "an output its maker has locked is one") {
  write("locked", "1");
  ::chmod((place->folder() / "locked").c_str(), 0);
  CHECK(place->outputs({"locked"}));
}

TEST_CASE_METHOD(workroom, "inputs do not count as what the build has written") {
  write("in/big", std::string(1 << 20, 'x'));
  const auto before = place->bytes();
  CHECK(before < 100'000);
  write("out", std::string(1 << 20, 'x'));
  CHECK(place->bytes() >= before + (1 << 20));
}

TEST_CASE_METHOD(workroom,
                 "an input is a file of its own, or the blob's second name when it is sealed") {
  const auto sha256 = sha256_hex("content");
  const auto blob = home.blob(sha256);
  fs::create_directories(blob.parent_path());
  std::ofstream{blob} << "content";
  REQUIRE(place->add_input("in/a/one", sha256, true));
  REQUIRE(place->add_input("in/a/two", sha256, false));
  CHECK(fs::equivalent(place->inputs() / "a/one", blob));
  CHECK_FALSE(fs::equivalent(place->inputs() / "a/two", blob));
  CHECK(fs::file_size(place->inputs() / "a/two") == 7);
  place.reset();
  CHECK(fs::exists(blob));
}

TEST_CASE_METHOD(workroom, "the folder goes with the build, also what its owner has locked") {
  write("deep/er/file", "1");
  ::chmod((place->folder() / "deep/er").c_str(), 0);
  const auto folder = place->folder();
  place.reset();
  CHECK_FALSE(fs::exists(folder));
}

TEST_CASE_METHOD(workroom, "only a recipe the operator can trust is read") {
  const auto folder = top / "recipes";
  fs::create_directories(folder / "sub");
  const auto file = folder / "sub/one.toml";
  std::ofstream{file} << "text";
  const auto code = [&](const fs::path& what, std::vector<fs::path> folders) {
    const auto got = read_recipe(what, folders);
    return got ? std::optional<errc>{} : got.why().code;
  };
  CHECK(read_recipe(file, {top / "none", folder}).value() == "text");
  CHECK(code(file, {}) == errc::unsupported);
  CHECK(code(file, {top / "home"}) == errc::bad_recipe);
  CHECK(code(file, {folder / "su"}) == errc::bad_recipe);
  CHECK(code(folder / "two.toml", {folder}) == errc::entry_missing);
  CHECK(code(folder / "sub", {folder}) == errc::bad_recipe);
  fs::create_symlink(file, top / "link.toml");
  CHECK(read_recipe(top / "link.toml", {folder}));
  std::ofstream{top / "outside.toml"} << "text";
  fs::create_symlink(top / "outside.toml", folder / "out.toml");
  CHECK(code(folder / "out.toml", {folder}) == errc::bad_recipe);
  ::chmod(file.c_str(), 0646);
  CHECK(code(file, {folder}) == errc::bad_recipe);
  ::chmod(file.c_str(), 0644);
  std::ofstream{file} << std::string(70'000, 'x');
  CHECK(code(file, {folder}) == errc::bad_recipe);
  if (::geteuid() != 0) return;
  REQUIRE(::chown(file.c_str(), 12345, 12345) == 0);
  CHECK(code(file, {folder}) == errc::bad_recipe);
}
