#include "core/store/room.hpp"
#include "tests/support/catch.hpp"

#include <limits>

namespace hive::store {
namespace {

constexpr auto most = std::numeric_limits<std::uint64_t>::max();
using lacks = std::vector<std::uint64_t>;

TEST_CASE("a plan lacks what free room, reserve and promises leave uncovered") {
  struct row {
    const char* what;
    disk_room room;
    to_come wanted;
    std::uint64_t lacking;
  };
  const row table[] = {
      {"fits to the byte", {"/", 100, 0, {}}, {{"a", 60}, {"b", 40}}, 0},
      {"one byte short", {"/", 99, 0, {}}, {{"a", 60}, {"b", 40}}, 1},
      {"the reserve stays free", {"/", 100, 30, {}}, {{"a", 71}}, 1},
      {"a reserve larger than the disk is lacking too", {"/", 10, 30, {}}, {{"a", 1}}, 21},
      {"what others were promised is not free", {"/", 100, 0, {{"b", 60}}}, {{"a", 60}}, 20},
      {"a content others wait for comes once",
       {"/", 100, 0, {{"a", 60}}},
       {{"a", 60}, {"b", 40}},
       0},
      {"promises a stranger has eaten into are made good first",
       {"/", 50, 0, {{"b", 60}}},
       {{"a", 10}},
       20},
      {"nothing new fits on a full disk", {"/", 0, 30, {{"a", 60}}}, {{"a", 60}}, 0},
      {"nothing at all fits on a full disk", {"/", 0, 30, {}}, {}, 0},
      {"an unknown size counts as nothing", {"/", 100, 0, {}}, {{"a", 0}, {"b", 100}}, 0},
      {"sizes that are lies do not wrap",
       {"/", 100, 0, {}},
       {{"a", most}, {"b", most}},
       most - 100},
      {"nor do promises", {"/", 100, most, {{"a", most}}}, {{"b", 1}}, most - 100},
  };
  for (const auto& row : table) {
    INFO(row.what);
    const auto found = lack_of(row.room, row.wanted);
    CHECK(found.bytes == row.lacking);
    CHECK(found.human.empty() == (row.lacking == 0));
  }
}

TEST_CASE("room is shared out in the order of the line, and a small one passes when it fits") {
  struct row {
    const char* what;
    disk_room room;
    std::vector<to_come> line;
    lacks expected;
  };
  const row table[] = {
      {"nobody waits", {"/", 100, 0, {}}, {}, {}},
      {"each fits alone, not together: the first goes",
       {"/", 100, 0, {}},
       {{{"a", 60}}, {{"b", 60}}},
       {0, 20}},
      {"a small one passes a large one", {"/", 100, 0, {}}, {{{"a", 150}}, {{"b", 60}}}, {50, 0}},
      {"as many go as fit", {"/", 100, 0, {}}, {{{"a", 40}}, {{"b", 70}}, {{"c", 60}}}, {0, 10, 0}},
      {"the same content twice goes together",
       {"/", 100, 0, {}},
       {{{"a", 60}}, {{"a", 60}, {"b", 40}}},
       {0, 0}},
      {"who waits was promised nothing and keeps nobody waiting",
       {"/", 100, 0, {}},
       {{{"a", 101}}, {{"a", 101}, {"b", 1}}, {{"c", 100}}},
       {1, 2, 0}},
  };
  for (const auto& row : table) {
    INFO(row.what);
    lacks found;
    for (const auto& one : share_out(row.room, row.line)) found.push_back(one.bytes);
    CHECK(found == row.expected);
  }
}

TEST_CASE("what is lacking is told with its sizes") {
  const to_come wanted{{"a", 8'000'000'000}};
  CHECK(lack_of({"/models", 5'000'000'000, 0, {}}, wanted).human ==
        "disk needs 3.00 GB more on /models: 8.00 GB are to come, 5.00 GB are free");
  CHECK(lack_of({"/models", 5'000'000'000, 256'000'000, {{"b", 2'000'000'000}}}, wanted).human ==
        "disk needs 5.26 GB more on /models: 8.00 GB are to come, 5.00 GB are free, 2.00 GB go to "
        "other jobs, 256 MB stay free (disk_reserve)");
}

} // namespace
} // namespace hive::store
