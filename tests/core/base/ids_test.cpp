#include "core/base/ids.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

using namespace hive;

TEST_CASE("ULIDs are well-formed and each is greater than the one before") {
  std::string last;
  for (int i = 0; i < 20'000; ++i) {
    auto next = new_ulid();
    REQUIRE(is_ulid(next));
    REQUIRE(next > last);
    last = std::move(next);
  }
}

TEST_CASE("ULIDs made by several threads at once never meet") {
  constexpr std::size_t threads = 4, each = 2'000;
  std::vector<std::vector<std::string>> made(threads);
  std::vector<std::thread> makers;
  for (auto& mine : made)
    makers.emplace_back([&mine] {
      for (std::size_t i = 0; i < each; ++i) mine.push_back(new_ulid());
    });
  for (auto& t : makers) t.join();
  std::set<std::string> all;
  for (const auto& mine : made) {
    CHECK(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  CHECK(all.size() == threads * each);
}

TEST_CASE("what is no ULID is told apart") {
  CHECK(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  CHECK(is_ulid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
  CHECK_FALSE(is_ulid("8ZZZZZZZZZZZZZZZZZZZZZZZZZ")); // more than 128 bits
  CHECK_FALSE(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FA"));
  CHECK_FALSE(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAVV"));
  CHECK_FALSE(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAU"));
  CHECK_FALSE(is_ulid("01arz3ndektsv4rrffq69g5fav"));
  CHECK_FALSE(is_ulid(""));
}
