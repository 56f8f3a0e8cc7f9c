#include "apps/hive/table.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace hive::cli;

TEST_CASE("columns are as wide as their widest cell, numbers stand right") {
  const auto text = table({{"NAME"}, {"SIZE", true}}, {{"a", "1 B"}, {"longer", "12.5 GB"}}, 0);
  CHECK(text == "NAME       SIZE\n"
                "a           1 B\n"
                "longer  12.5 GB\n");
}

TEST_CASE("on a narrow terminal only columns that may shrink give way") {
  const auto text = table({{"NAME", false, true}, {"ID"}},
                          {{"hf:an-organisation/a-repository", "0123456789abcdef"}}, 28);
  CHECK(text == "NAME        ID\n"
                "hf:an-org…  0123456789abcdef\n");
}

TEST_CASE("cells cannot break the table or the terminal") {
  const auto text = table({{"A"}, {"B"}}, {{"x\ny", "\x1b[31m"}, {"short row"}}, 0);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}
