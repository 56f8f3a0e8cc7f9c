#include "core/artifact/safe_path.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace hive;

TEST_CASE("paths that may name files here") {
  for (const std::string path : {"a",
                                 "config.json",
                                 "sub/dir/model-00001-of-00002.gguf",
                                 ".gitattributes",
                                 ".hidden/x",
                                 "with space.txt",
                                 "ünï/cødé.bin",
                                 "a..b",
                                 "...a",
                                 "COM",
                                 "com10.txt",
                                 "console.log",
                                 "nullable",

                                 "x/c:d",
                                 "auxiliary",
                                 "lpt",
                                 "-rf",
                                 "~x",
                                 "$HOME",
                                 "a,b;c'd\"e",
                                 "[x]*?"}) {
    INFO(path);
    CHECK(check_relative_path(path));
  }
  CHECK(check_relative_path(std::string(255, 'a')));
  std::string deep = "a";
  for (int i = 1; i < 32; ++i) deep += "/a";
  CHECK(check_relative_path(deep));
}

TEST_CASE("paths that lead elsewhere or cannot be everywhere are refused") {
  const std::string table[] = {"",
                               "/",
                               "/etc/passwd",
                               "..",
                               "../x",
                               "a/../b",
                               "a/..",
                               ".",
                               "./a",
                               "a/./b",
                               "a//b",
                               "a/",
                               "//a",
                               "a\\b",
                               "..\\x",
                               "C:\\x",
                               "c:x",
                               "a:b",
                               "C:/x",
                               "a\nb",
                               "a\tb",
                               "\x7f",
                               std::string{"a\0b", 3},
                               "a\x1b[31m",
                               "CON",
                               "con",
                               "nul.txt",
                               "sub/AUX",
                               "prn.tar.gz",
                               "COM1",
                               "com9.log",
                               "LPT1/x",
                               "nul .txt",
                               "CONIN$",
                               "name.",
                               "name ",
                               "dir./x",
                               "dir /x",
                               "...",
                               "\xff",
                               "a/\xc0\xaf/b",
                               std::string(256, 'a'),
                               "a/" + std::string(256, 'a')};
  for (const auto& path : table) {
    INFO(path);
    const auto checked = check_relative_path(path);
    REQUIRE_FALSE(checked);
    CHECK(checked.why().code == errc::bad_path);
    for (const char c : checked.why().detail) CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
}

TEST_CASE("length and depth are bounded") {
  std::string deep = "a";
  for (int i = 1; i < 33; ++i) deep += "/a";
  CHECK_FALSE(check_relative_path(deep));
  std::string longest = std::string(200, 'a');
  while (longest.size() < 1025) longest += "/" + std::string(200, 'a');
  CHECK_FALSE(check_relative_path(longest));
  CHECK(check_relative_path(longest).why().detail.size() < 400);
}

TEST_CASE("paths that cannot exist side by side are found") {
  using paths = std::vector<std::string>;
  CHECK(check_no_collisions(paths{}));
  CHECK(check_no_collisions(paths{"a", "b", "c/a", "c/b", "ca"}));
  CHECK(check_no_collisions(paths{"A/x", "a/y"}));
  for (const auto& bad : {paths{"a", "a"}, paths{"README.md", "readme.md"}, paths{"x/A", "x/a"},
                          paths{"a", "a/b"}, paths{"a/b/c", "x", "A/B"}, paths{"a/b", "A"}}) {
    const auto checked = check_no_collisions(bad);
    REQUIRE_FALSE(checked);
    CHECK(checked.why().code == errc::bad_path);
  }
}
