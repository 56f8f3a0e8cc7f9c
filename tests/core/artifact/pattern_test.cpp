#include "core/artifact/pattern.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <vector>

using namespace hive;

TEST_CASE("patterns match as Python's fnmatchcase does") {
  struct row {
    std::string pattern;
    std::string path;
    bool taken;
  };
  // Every line was checked against fnmatch.fnmatchcase of Python 3.11.
  const row table[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"*", "", true},
      {"*", "a/b/c", true},
      {"*.json", "config.json", true},
      {"*.json", "sub/config.json", true},
      {"*.JSON", "config.json", false},
      {"a*b*c", "aXbYbZc", true},
      {"a*b*c", "aXbYbZ", false},
      {"**", "ab", true},
      {"*a", "aaab", false},
      {"*a*", "bbab", true},
      {"?", "é", true},
      {"??", "é", false},
      {"a?c", "abc", true},
      {"a?c", "a/c", true},
      {"a?c", "ac", false},
      {"[abc]", "b", true},
      {"[abc]", "d", false},
      {"[!abc]", "d", true},
      {"[!abc]", "a", false},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[!a-c]x", "dx", true},
      {"[c-a]", "b", false},
      {"[!c-a]", "b", true},
      {"[]a]", "]", true},
      {"[]a]", "a", true},
      {"[!]a]", "]", false},
      {"[!]a]", "b", true},
      {"[]", "[]", true},
      {"[!]", "[!]", true},
      {"[abc", "[abc", true},
      {"[abc", "a", false},
      {"a[", "a[", true},
      {"[-a]", "-", true},
      {"[a-]", "-", true},
      {"[a-]", "b", false},
      {"[--0]", ".", true},
      {"[--0]", "1", false},
      {"[a-c-e]", "d", false},
      {"[a-c-e]", "-", true},
      {"[a-c-e]", "e", true},
      {"[^a]", "^", true},
      {"[^a]", "b", false},
      {"[*]", "*", true},
      {"[*]", "a", false},
      {"[?]x", "?x", true},
      {"[à-é]", "è", true},
      {"*[0-9][0-9].gguf", "model-12.gguf", true},
      {"*[0-9][0-9].gguf", "model-1.gguf", false},
      {"model-[!0]*", "model-12", true},
      {"a.c", "abc", false},
      {"(a|b)+$", "(a|b)+$", true},
      {"*-of-*", "m-00001-of-00002.gguf", true},
      {"*\n", "a\n", true},
  };
  for (const auto& row : table) {
    INFO(row.pattern << " on " << row.path);
    CHECK(matches(row.pattern, row.path) == row.taken);
  }
}

TEST_CASE("a pattern that ends with a slash takes everything below, backslashes are slashes") {
  CHECK(matches("onnx/", "onnx/model.onnx"));
  CHECK(matches("onnx/", "onnx/"));
  CHECK(matches("onnx/", "onnx/deep/er/x"));
  CHECK_FALSE(matches("onnx/", "onnx"));
  CHECK_FALSE(matches("onnx/", "other/onnx/x"));
  CHECK(matches("onnx\\", "onnx/model.onnx"));
  CHECK(matches("a\\*.bin", "a/x.bin"));
}

TEST_CASE("include comes first, then exclude") {
  const std::vector<std::string> none, json{"*.json"}, config{"config*"}, both{"*.json", "*.txt"};
  CHECK(selected("a.bin", none, none));
  CHECK_FALSE(selected("a.bin", json, none));
  CHECK(selected("a.txt", both, none));
  CHECK_FALSE(selected("config.json", json, config));
  CHECK(selected("other.json", json, config));
  CHECK_FALSE(selected("config.bin", none, config));
}

TEST_CASE("hostile patterns cost no more than length times length") {
  const auto start = std::chrono::steady_clock::now();
  std::string stars, sets, opens(4000, '['), path(1000, 'a');
  for (int i = 0; i < 1000; ++i) stars += "*a";
  for (int i = 0; i < 1000; ++i) sets += "*[!b]";
  CHECK_FALSE(matches(stars + "b", path));
  CHECK_FALSE(matches(sets + "b", path));
  CHECK_FALSE(matches("*" + opens, path));
  CHECK_FALSE(matches("*" + opens + "]b", path));
  CHECK_FALSE(matches("*" + opens + "]b", std::string(1000, '[')));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}
