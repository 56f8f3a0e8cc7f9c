// What the hive is to hold, and who holds it.
#include "core/base/random.hpp"
#include "core/cluster/placement.hpp"
#include "tests/core/cluster/rig.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace hive;
using namespace hive::cluster;
using namespace hive::cluster::test;
using namespace std::chrono_literals;

namespace {

constexpr wall_time day{std::chrono::hours{24 * 365}};

desired_record wish(std::string id, placement where, std::string what = "hf:org/repo") {
  desired_record r;
  r.id = std::move(id);
  r.what = std::move(what);
  r.where = std::move(where);
  r.asked_by = "tester";
  return r;
}

std::string ulid(int number) {
  auto digits = std::to_string(number);
  return "01HX" + std::string(22 - digits.size(), '0') + digits;
}

placement copies(std::uint16_t k) {
  return {placement_kind::copies, "", k};
}

/// Six members with disks; n0's own view.
rig hive_of_six() {
  rig r{6};
  for (std::size_t i = 0; i < 6; ++i)
    r.act(i, r.nodes[i].set_disk_class(static_cast<std::uint8_t>(8), r.now));
  r.pass(4s);
  return r;
}

} // namespace

TEST_CASE("records merge to the same map in any order and number") {
  random_sequence random{5};
  for (int round = 0; round < 200; ++round) {
    std::vector<desired_record> all;
    for (int i = 0; i < 12; ++i) {
      auto r = wish(ulid(static_cast<int>(random.below(3))), copies(2));
      r.version = 1 + random.below(3);
      r.writer.value = "n" + std::to_string(random.below(3));
      r.removed = random.below(2) != 0;
      all.push_back(r);
    }
    desired_state a{node_id{"a"}}, b{node_id{"b"}};
    a.merge(all);
    std::reverse(all.begin(), all.end());
    for (const auto& one : all) b.merge({one, one});
    b.merge(all);
    REQUIRE(a.all() == b.all());
    REQUIRE(a.sums() == b.sums());
    REQUIRE(a.merge(all) == 0);
  }
}

TEST_CASE("asking twice is asking once; another wish needs another id") {
  desired_state s{node_id{"a"}};
  REQUIRE(s.ask(wish(ulid(1), copies(2)), day));
  REQUIRE(s.ask(wish(ulid(1), copies(2)), day + 1h));
  CHECK(s.find(ulid(1))->version == 1);
  CHECK(s.ask(wish(ulid(1), copies(2), "hf:other/repo"), day).why().code == errc::conflict);
  REQUIRE(s.ask(wish(ulid(1), copies(3)), day));
  CHECK(s.find(ulid(1))->version == 2);
  REQUIRE(s.remove(ulid(1), day));
  REQUIRE(s.remove(ulid(1), day));
  CHECK(s.find(ulid(1))->version == 3);
  CHECK(s.ask(wish(ulid(1), copies(3)), day).why().code == errc::conflict);
  CHECK(s.remove(ulid(9), day).why().code == errc::not_found);
  CHECK(s.ask(wish("no ulid", copies(1)), day).why().code == errc::bad_request);
  CHECK(s.ask(wish(ulid(2), {placement_kind::node, "", 0}), day).why().code == errc::bad_request);
}

TEST_CASE("two maps become one by their sums, tombstones included, and old tombstones go") {
  desired_state a{node_id{"a"}}, b{node_id{"b"}};
  for (int i = 0; i < 600; ++i) REQUIRE(a.ask(wish(ulid(i), copies(1)), day));
  for (int i = 500; i < 900; ++i) REQUIRE(b.ask(wish(ulid(i), copies(1)), day));
  REQUIRE(a.remove(ulid(3), day));
  for (int round = 0; round < 12 && a.sums() != b.sums(); ++round) {
    b.merge(a.differing(b.sums()));
    a.merge(b.differing(a.sums()));
  }
  CHECK(a.all() == b.all());
  CHECK(b.find(ulid(3))->removed);
  std::size_t told = 0;
  for (auto news = b.take_news(); !news.empty(); news = b.take_news()) told += news.size();
  CHECK(told == 900);
  b.tidy(day + tombstones_last + 1h);
  CHECK(b.find(ulid(3)) == nullptr);
  CHECK(b.all().size() == 899);
}

TEST_CASE("the map is bounded") {
  desired_state s{node_id{"a"}};
  for (std::size_t i = 0; i < max_records; ++i)
    REQUIRE(s.ask(wish(ulid(static_cast<int>(i)), copies(1)), day));
  CHECK(s.ask(wish(ulid(99999), copies(1)), day).why().code == errc::overloaded);
  CHECK(s.merge({wish(ulid(99999), copies(1))}) == 0);
}

TEST_CASE("every node decides the same, and the copies move only when they must") {
  auto r = hive_of_six();
  const auto record = wish(ulid(1), copies(3));
  const auto first = holders(record, r.nodes[0], r.now.wall);
  REQUIRE(first.size() == 3);
  std::size_t holding = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(holders(record, r.nodes[i], r.now.wall) == first);
    holding += must_hold(record, r.nodes[i], r.now.wall);
  }
  CHECK(holding == 3);

  std::size_t gone = 0;
  while (r.id(gone) != first.front()) ++gone;
  const std::size_t witness = gone == 0 ? 1 : 0;
  r.silent.insert(gone);
  r.pass(9min);
  CHECK(holders(record, r.nodes[witness], r.now.wall) == first);
  r.pass(2min);
  const auto later = holders(record, r.nodes[witness], r.now.wall);
  REQUIRE(later.size() == 3);
  CHECK(later[0] == first[1]);
  CHECK(later[1] == first[2]);
}

TEST_CASE("where a record goes") {
  auto r = hive_of_six();
  const auto held = [&](placement where) {
    return holders(wish(ulid(1), std::move(where)), r.nodes[0], r.now.wall).size();
  };
  CHECK(held({placement_kind::all, "", 0}) == 6);
  CHECK(held({placement_kind::node, "n4", 0}) == 1);
  CHECK(held({placement_kind::node, "n9", 0}) == 0);
  CHECK(held({placement_kind::label, "gpu", 0}) == 0);
  CHECK(held(copies(9)) == 6);
  r.act(2, r.nodes[2].set_draining(true, r.now));
  r.pass(3s);
  CHECK(held(copies(9)) == 5);
  auto removed = wish(ulid(1), {placement_kind::all, "", 0});
  removed.removed = true;
  CHECK(holders(removed, r.nodes[0], r.now.wall).empty());

  birth late{a_profile("late"), 1, 50};
  late.self.labels = {"gpu"};
  const auto fresh = r.add(std::move(late));
  r.act(fresh, r.nodes[fresh].link_up(r.nodes[1].self(), r.now));
  r.pass(3s);
  CHECK(must_hold(wish(ulid(1), {placement_kind::all, "", 0}), r.nodes[fresh], r.now.wall));
  CHECK(held({placement_kind::label, "gpu", 0}) == 1);
}

TEST_CASE("more free disk means more records, in proportion") {
  rig r{4};
  for (std::size_t i = 0; i < 4; ++i)
    r.act(i, r.nodes[i].set_disk_class(i == 0 ? 10 : 8, r.now)); // four times the others' space
  r.pass(4s);
  int on_big = 0;
  for (int i = 0; i < 700; ++i)
    on_big += holders(wish(ulid(i), copies(1)), r.nodes[1], r.now.wall).front() == r.id(0);
  CHECK(on_big > 340); // 4/7 of 700 is 400
  CHECK(on_big < 460);
}
