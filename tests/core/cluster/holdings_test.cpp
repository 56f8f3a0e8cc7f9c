// What each member holds, and how many have to be in reach for what destroys.
#include "core/base/random.hpp"
#include "core/cluster/holdings.hpp"
#include "tests/core/cluster/rig.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::cluster;
using namespace hive::cluster::test;

namespace {

held_artifact held(const std::string& id, std::size_t longer = 0) {
  return {id, "hf:org/" + id + std::string(longer, 'x'), std::string(40, 'c')};
}

holding told(const std::string& who, std::uint64_t incarnation, std::uint64_t version,
             std::vector<held_artifact> all = {}) {
  const auto count = all.size();
  return {node_id{who}, incarnation, version, count, std::move(all)};
}

bool anybody(const node_id&) {
  return true;
}

} // namespace

TEST_CASE("what members hold merges to the same in any order and number") {
  random_sequence random{7};
  for (int round = 0; round < 200; ++round) {
    std::vector<holding> all;
    for (int i = 0; i < 12; ++i)
      all.push_back(told(numbered(1 + random.below(3)), 1 + random.below(2), random.below(3),
                         {held(numbered(random.below(4)))}));
    holdings a{node_id{"a"}, 1}, b{node_id{"b"}, 1};
    a.merge(all, anybody);
    std::reverse(all.begin(), all.end());
    for (const auto& one : all) b.merge({one, one}, anybody);
    b.merge(all, anybody);
    REQUIRE(a.sums() == b.sums());
    REQUIRE(a.merge(all, anybody) == 0);
    for (std::size_t i = 1; i < 4; ++i) {
      const auto* of_a = a.find(node_id{numbered(i)});
      const auto* of_b = b.find(node_id{numbered(i)});
      REQUIRE((of_a == nullptr) == (of_b == nullptr));
      if (of_a) REQUIRE(*of_a == *of_b);
    }
  }
}

TEST_CASE("a member's own word is the only one about it, and that of its newest life") {
  holdings mine{node_id{"a"}, 3};
  CHECK(mine.set_own({held("one")}, 1));
  CHECK_FALSE(mine.set_own({held("one")}, 1));
  CHECK(mine.merge({told("a", 9, 9, {held("lie")})}, anybody) == 0);
  CHECK(mine.find(node_id{"a"})->artifacts.front().id == "one");
  CHECK(mine.merge({told("b", 1, 7, {held("old")})}, anybody) == 1);
  CHECK(mine.merge({told("b", 2, 1, {})}, anybody) == 1);
  CHECK(mine.merge({told("b", 1, 8, {held("old")})}, anybody) == 0);
  CHECK(mine.find(node_id{"b"})->artifacts.empty());
  CHECK(mine.take_news().size() == 2);
  CHECK(mine.take_news().empty());
}

TEST_CASE("strangers are not listed, and who is no member any more is dropped") {
  holdings mine{node_id{"a"}, 1};
  const auto only_b = [](const node_id& who) { return who.value == "b"; };
  CHECK(mine.merge({told("b", 1, 1, {held("x")}), told("c", 1, 1, {held("y")})}, only_b) == 1);
  CHECK(mine.find(node_id{"c"}) == nullptr);
  const auto before = mine.sums();
  mine.tidy([](const node_id&) { return false; });
  CHECK(mine.find(node_id{"b"}) == nullptr);
  CHECK(mine.sums() != before);
  CHECK(mine.sums() == holdings{node_id{"z"}, 1}.sums());
}

TEST_CASE("what a member says it holds is bounded") {
  std::vector<held_artifact> many;
  for (std::size_t i = 0; i < 300; ++i) many.push_back(held(numbered(i)));
  CHECK(bounded(many).size() == max_held);
  CHECK(bounded({held("long", max_held_text)}).empty());
  auto wide = held("wide");
  wide.revision = std::string(500, 'r');
  CHECK(bounded({wide}).front().revision.size() == max_held_revision);
  holdings mine{node_id{"a"}, 1};
  CHECK(mine.set_own(many, many.size()));
  const auto& own = *mine.find(node_id{"a"});
  CHECK(own.count == 300);
  CHECK(check(own));

  struct row {
    const char* what;
    holding one;
  };
  auto few = told("b", 1, 1, {held("x")});
  auto no_id = few, uncounted = few, nameless = few, old = few;
  no_id.who = {};
  uncounted.count = 0;
  nameless.artifacts.front().id.clear();
  old.incarnation = max_incarnation + 1;
  for (const auto& [what, one] :
       {row{"too many", told("b", 1, 1, many)}, row{"text", told("b", 1, 1, {held("x", 40'000)})},
        row{"no id", no_id}, row{"a count below", uncounted}, row{"an artifact's id", nameless},
        row{"incarnation", old}, row{"revision", told("b", 1, 1, {wide})}}) {
    INFO(what);
    CHECK_FALSE(check(one));
    CHECK(mine.merge({one}, anybody) == 0);
  }
}

TEST_CASE("what destroys wants more than half of the known members in reach") {
  struct row {
    std::size_t visible;
    std::size_t expected;
    bool enough;
    const char* says;
  };
  for (const auto& [visible, expected, enough, says] :
       {row{1, 1, true, ""},
        row{1, 2, false, "only 1 of 2 known members of the hive are in reach, and 2 are needed"},
        row{2, 2, true, ""},
        row{1, 3, false, "only 1 of 3 known members of the hive are in reach, and 2 are needed"},
        row{2, 3, true, ""},
        row{2, 4, false, "only 2 of 4 known members of the hive are in reach, and 3 are needed"},
        row{3, 4, true, ""},
        row{500, 1000, false,
            "only 500 of 1000 known members of the hive are in reach, and 501 are needed"},
        row{501, 1000, true, ""}}) {
    INFO(visible << " of " << expected);
    const auto got = confirm_majority({visible, expected, {}});
    REQUIRE(got.has_value() == enough);
    if (enough) continue;
    CHECK(got.why().code == errc::no_majority);
    CHECK(got.why().detail == says);
    CHECK(info(got.why().code).exit_code == 4);
    CHECK(info(got.why().code).hint.find("--force") != std::string_view::npos);
  }
}
