#include "core/artifact/view_wish.hpp"
#include "tests/support/catch.hpp"

using namespace hive;

TEST_CASE("a view is named by its tool, or by a folder") {
  for (const auto* text : {"hf", "ollama", "lmstudio", "dir:/models", "dir:/a b/c"})
    CHECK(to_string(parse_view(text).value()) == text);
  CHECK(parse_view("dir:/a//b/../c/").value().folder == "/a/c");
  CHECK(parse_view("dir:/").value().folder == "/");
}

TEST_CASE("what names no view is refused with those there are") {
  for (const std::string text :
       {"", "Ollama", "dir:", "dir:relative", "/models", "dir:/a\nb", "dir:/\xff", "vllm"}) {
    const auto got = parse_view(text);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::bad_request);
    CHECK(got.why().hint.find("lmstudio") != std::string::npos);
  }
  CHECK_FALSE(parse_view("dir:/" + std::string(2000, 'x')));
}

TEST_CASE("a list of views has each once") {
  CHECK(parse_views("").value().empty());
  CHECK(parse_views("hf,dir:/m,hf").value() ==
        std::vector<view_wish>{{tool::hf, {}}, {tool::dir, "/m"}});
  CHECK_FALSE(parse_views("hf,,ollama"));
  CHECK_FALSE(parse_views("hf, ollama"));
}
