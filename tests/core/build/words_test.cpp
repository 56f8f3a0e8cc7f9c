#include "core/build/words.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace hive::build;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;
const words::clock::time_point start{};

} // namespace

TEST_CASE("what is said comes as lines, whatever pieces it came in") {
  words heard{start};
  heard.hear("one\ntw");
  heard.hear("o\r\n\n  \nthree");
  CHECK(heard.tell(start) == lines{"one", "two"});
  heard.end();
  CHECK(heard.tell(start) == lines{"three"});
  heard.end();
  CHECK(heard.tell(start) == lines{});
}

TEST_CASE("lines are printable, and not too long") {
  words heard{start};
  heard.hear("\x1b[1;32mgreen\x1b[0m\ta\x07\xff\n" + std::string(1000, 'x') + "\n");
  const auto told = heard.tell(start);
  REQUIRE(told.size() == 2);
  CHECK(told[0] == "green a\xef\xbf\xbd");
  CHECK(told[1] == std::string(words::longest_line, 'x') + "…");
}

TEST_CASE("more lines than may be told are passed over, the newest are told") {
  words heard{start};
  for (int i = 0; i < 1000; ++i) heard.hear(std::to_string(i) + "\n");
  const auto first = heard.tell(start);
  CHECK(first.size() == words::most_at_once);
  CHECK(first.back() == "999");
  CHECK(heard.passed_over() == 1000 - words::most_at_once);
  heard.hear("a\nb\n");
  CHECK(heard.tell(start).empty());
  CHECK(heard.passed_over() == 1002 - words::most_at_once);
  for (int i = 0; i < 9; ++i) heard.hear(std::to_string(i) + "\n");
  CHECK(heard.tell(start + 1s) == lines{"5", "6", "7", "8"});
}

TEST_CASE("the last lines are remembered, told or not") {
  words heard{start};
  for (int i = 0; i < 100; ++i) heard.hear(std::to_string(i) + "\n");
  CHECK(heard.last().size() == words::remembered);
  CHECK(heard.last().back() == "99");
}
