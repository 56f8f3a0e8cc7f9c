#include "apps/hive/nearest.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using hive::cli::nearest;

TEST_CASE("a slip of the fingers finds its command, another word finds none") {
  const std::vector<std::string> commands{"pull", "ls", "show", "serve", "jobs", "doctor"};
  CHECK(nearest("pul", commands) == "pull");
  CHECK(nearest("job", commands) == "jobs");
  CHECK(nearest("server", commands) == "serve");
  CHECK(nearest("docter", commands) == "doctor");
  CHECK(nearest("frobnicate", commands).empty());
  CHECK(nearest("", commands).empty());
  CHECK(nearest(std::string(10'000, 'x'), commands).empty());
}
