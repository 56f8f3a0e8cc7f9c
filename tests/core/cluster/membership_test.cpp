// Membership as a few nodes live it: who notices what, when, and who may say so.
#include "tests/core/cluster/rig.hpp"
#include "tests/support/catch.hpp"

#include "core/base/random.hpp"

using namespace hive;
using namespace hive::cluster;
using namespace hive::cluster::test;
using namespace std::chrono_literals;

TEST_CASE("a silent member is suspect at 3 s, unreachable at 5 s with two votes, down at 15 s") {
  rig r{6};
  r.pass(2s);
  r.silent.insert(0);
  r.pass(2s);
  CHECK(r.everyone_sees(0, reachability::ok));
  r.pass(1500ms);
  CHECK(r.everyone_sees(0, reachability::suspect));
  r.pass(1600ms);
  CHECK(r.everyone_sees(0, reachability::unreachable));
  const auto view = r.nodes[1].view(r.id(0));
  CHECK(view->why == cause::silence);
  CHECK_FALSE(view->observer.empty());
  r.pass(8s);
  CHECK(r.everyone_sees(0, reachability::unreachable));
  r.pass(3s);
  CHECK(r.everyone_sees(0, reachability::down));
}

TEST_CASE("one vote makes nobody unreachable") {
  rig r{6};
  r.pass(2s);
  const auto row = r.nodes[1].self();
  const auto accused = seen(row, {r.id(2), certainty::vote, cause::silence, r.now.wall});
  r.act(3, r.nodes[3].hear(r.id(2), gossip{{{accused}, {}}}, r.now));
  CHECK(r.seen(3, 1) == reachability::suspect);
  r.pass(2s);
  CHECK(r.everyone_sees(1, reachability::ok)); // n1 heard of it and contradicted
  CHECK(r.nodes[1].self()->version > row->version);
  CHECK(r.count(event_kind::unreachable) == 0);
}

TEST_CASE("a member whose way to one node is cut is kept by what others hear of it") {
  rig r{6};
  r.pass(2s);
  r.cuts.insert({0, 1});
  r.pass(60s);
  CHECK(r.count(event_kind::unreachable) == 0);
  CHECK(r.seen(1, 0) == reachability::suspect); // its own way is silent, and it says so
  CHECK(r.seen(2, 0) == reachability::ok);
}

TEST_CASE("in a hive of two or three one observer suffices") {
  const auto count = GENERATE(std::size_t{2}, std::size_t{3});
  rig r{count};
  r.pass(2s);
  r.silent.insert(0);
  r.pass(6s);
  CHECK(r.everyone_sees(0, reachability::unreachable));
}

TEST_CASE("a reset link makes its peer unreachable at once, and only once in vain") {
  rig r{6};
  r.pass(2s);
  r.act(1, r.nodes[1].link_down(r.id(0), cause::reset, r.now));
  CHECK(r.count(event_kind::unreachable) >= 1);
  r.pass(2s); // n0 lives and contradicts
  CHECK(r.everyone_sees(0, reachability::ok));
  const auto before = r.count(event_kind::unreachable);
  for (int i = 0; i < 5; ++i) {
    r.act(1, r.nodes[1].link_down(r.id(0), cause::refused, r.now));
    r.pass(1s);
  }
  CHECK(r.count(event_kind::unreachable) == before);
  CHECK(r.everyone_sees(0, reachability::ok));
}

TEST_CASE("causes that say nothing of the peer's health accuse nobody") {
  for (const auto why : {cause::closed, cause::timeout, cause::tls, cause::wrong_cluster,
                         cause::bad_version, cause::banned, cause::overloaded}) {
    rig r{4};
    r.pass(2s);
    r.act(1, r.nodes[1].link_down(r.id(0), why, r.now));
    CHECK(r.count(event_kind::unreachable) == 0);
  }
}

TEST_CASE("who was down comes back with a newer incarnation of its own") {
  rig r{6};
  r.pass(2s);
  r.silent.insert(0);
  r.pass(20s);
  REQUIRE(r.everyone_sees(0, reachability::down));
  r.silent.erase(0);
  r.pass(8s);
  CHECK(r.everyone_sees(0, reachability::ok));
  CHECK(r.nodes[0].incarnation() == 2);
  for (std::size_t i = 1; i < 6; ++i) CHECK(r.seen(0, i) == reachability::ok);
}

TEST_CASE("a frozen node does not blame the others for its own sleep") {
  rig r{6};
  r.pass(2s);
  r.silent.insert(0);
  r.pass(60s);
  r.silent.erase(0);
  const auto before = r.events.size();
  r.pass(3s);
  for (auto i = before; i < r.events.size(); ++i)
    if (r.events[i].at == 0) {
      CHECK(r.events[i].what.kind != event_kind::unreachable);
      CHECK(r.events[i].what.kind != event_kind::suspect);
    }
}

TEST_CASE("late wake-ups stretch a node's own time-outs up to eight times, and it says so") {
  rig r{6};
  r.pass(2s);
  CHECK(r.nodes[0].stretch() == 1);
  r.skip(1s); // nobody runs: all are late
  r.pass(10ms);
  CHECK(r.nodes[0].stretch() > 1);
  CHECK(r.count(event_kind::slow) >= 1);
  r.skip(60s);
  r.pass(10ms);
  CHECK(r.nodes[0].stretch() == timing::most_stretch);
  r.pass(12s);
  CHECK(r.nodes[0].stretch() == 1);
  CHECK(r.count(event_kind::in_time) == 6);
  CHECK(r.count(event_kind::unreachable) == 0);
}

TEST_CASE("an isolated node blames itself") {
  rig r{6};
  r.pass(2s);
  for (std::size_t i = 1; i < 6; ++i) {
    r.cuts.insert({i, 0});
    r.cuts.insert({0, i});
  }
  r.pass(7s);
  CHECK(r.nodes[0].is_isolated());
  CHECK(r.nodes[0].around().visible == 1);
  CHECK_FALSE(r.nodes[0].around().has_majority());
  CHECK(r.nodes[0].view(r.id(3))->why == cause::isolated);
  CHECK(r.nodes[0].table().lost() == 0);
  CHECK(r.everyone_sees(0, reachability::unreachable));
  CHECK(r.nodes[1].around().visible == 5);
  CHECK(r.nodes[1].around().has_majority());
  CHECK(r.nodes[1].around().since.has_value());
  r.cuts.clear();
  r.pass(6s);
  CHECK(r.nodes[0].around().is_whole());
  CHECK(r.everyone_sees(0, reachability::ok));
}

TEST_CASE("a new node joins through one member and is everywhere") {
  rig r{5};
  r.pass(2s);
  const auto fresh = r.add({a_profile("new"), 1, 99});
  CHECK(r.nodes[fresh].self()->life == lifecycle::joining);
  r.act(fresh, r.nodes[fresh].link_up(r.nodes[2].self(), r.now));
  r.pass(2500ms);
  CHECK(r.nodes[fresh].self()->life == lifecycle::up);
  for (const auto& one : r.nodes) {
    CHECK(one.table().size() == 6);
    CHECK(one.table().sums() == r.nodes[0].table().sums());
  }
}

TEST_CASE("nobody founds a hive by waiting") {
  rig r{0};
  const auto alone = r.add({a_profile("alone"), 1, 1});
  r.pass(10min);
  CHECK(r.nodes[alone].self()->life == lifecycle::joining);
  birth founder{a_profile("founder"), 1, 2};
  founder.founds = true;
  CHECK(membership{founder, r.now}.self()->life == lifecycle::up);
}

TEST_CASE("a node that leaves says so, and is no longer expected") {
  rig r{5};
  r.pass(2s);
  r.act(0, r.nodes[0].leave(r.now));
  CHECK(r.nodes[0].self()->life == lifecycle::leaving);
  r.pass(6s);
  CHECK(r.nodes[0].is_over());
  for (std::size_t i = 1; i < 5; ++i) {
    CHECK(r.nodes[i].view(r.id(0))->row->life == lifecycle::left);
    CHECK(r.nodes[i].around().expected == 4);
    CHECK(r.nodes[i].around().is_whole());
  }
  CHECK(r.count(event_kind::unreachable) == 0);
}

TEST_CASE("forgetting needs somebody who is gone, and a majority or force") {
  rig r{5};
  r.pass(2s);
  CHECK(r.nodes[0].forget(r.id(1), false, r.now).why().code == errc::conflict);
  CHECK(r.nodes[0].forget(node_id{"nobody"}, false, r.now).why().code == errc::not_found);
  r.silent = {2, 3, 4};
  r.pass(20s);
  CHECK(r.nodes[0].forget(r.id(4), false, r.now).why().code == errc::no_majority);
  auto done = r.nodes[0].forget(r.id(4), true, r.now);
  REQUIRE(done);
  r.act(0, std::move(*done));
  r.pass(2s);
  CHECK(r.nodes[1].view(r.id(4))->row->life == lifecycle::forgotten);
  CHECK(r.nodes[1].around().expected == 4);
}

TEST_CASE("rows of the gone expire after 72 h, but not where a minority is left") {
  rig r{5};
  r.pass(2s);
  SECTION("the majority") {
    r.silent = {4};
    r.pass(20s);
    r.now.wall += timing::listed;
    r.pass(2min);
    CHECK(r.nodes[0].table().size() == 4);
    CHECK(r.count(event_kind::expired) >= 4);
  }
  SECTION("a minority") {
    r.silent = {2, 3, 4};
    r.pass(20s);
    r.now.wall += timing::listed;
    r.pass(2min);
    CHECK(r.nodes[0].table().size() == 5);
  }
}

TEST_CASE("a copy of this node's identity: the newer one replaces it, loudly") {
  rig r{4};
  r.pass(12s);
  auto copy = *r.nodes[0].self();
  auto who = *copy.who;
  who.boot = 12345;
  copy.who = std::make_shared<const profile>(who);
  copy.incarnation = 7;
  r.act(0, r.nodes[0].hear(r.id(1), gossip{{{sealed(copy)}, {}}}, r.now));
  CHECK(r.count(event_kind::replaced) == 1);
  CHECK(r.nodes[0].is_over());
}

TEST_CASE("a restarted node that lost its count outlives its former incarnation") {
  rig r{4};
  r.pass(2s);
  birth again{a_profile("n0"), 1, 5};
  again.self.boot = 777;
  again.known = {r.nodes[1].self(), r.nodes[2].self(), r.nodes[3].self()};
  r.nodes[0] = membership{again, r.now};
  r.pass(14s);
  CHECK(r.nodes[0].incarnation() == 2);
  CHECK_FALSE(r.nodes[0].is_over());
  CHECK(r.everyone_sees(0, reachability::ok));
}

TEST_CASE("a peer that cannot be reached is believed nothing of others") {
  rig r{6};
  r.pass(2s);
  r.silent.insert(0);
  r.pass(7s);
  REQUIRE(r.seen(1, 0) == reachability::unreachable);
  const auto accused = seen(r.nodes[2].self(), {r.id(0), certainty::down, cause::silence, {}});
  r.act(1, r.nodes[1].hear(r.id(0), gossip{{{accused}, {}}}, r.now));
  CHECK(r.seen(1, 2) == reachability::ok);
}

TEST_CASE("what a table says of the lost waits for their contradiction") {
  rig r{6};
  r.pass(2s);
  const auto accused = seen(r.nodes[2].self(), {r.id(0), certainty::down, cause::silence, {}});
  r.act(1, r.nodes[1].hear(r.id(0), sync_rows{0, false, {accused}}, r.now));
  CHECK(r.seen(1, 2) == reachability::ok);
  r.pass(6s);
  CHECK(r.everyone_sees(2, reachability::ok));
  CHECK(r.nodes[2].incarnation() == 2);
  CHECK(r.count(event_kind::down) == 0);
}

TEST_CASE("messages beyond the bounds are refused, and a hostile peer cannot make a table grow") {
  rig r{3};
  r.pass(2s);
  random_sequence random{11};
  const auto before = r.nodes[0].self()->incarnation;
  for (int i = 0; i < 400; ++i) {
    word told;
    const auto count = random.below(max_rows + 20);
    for (std::uint64_t k = 0; k < count; ++k) {
      auto row = *a_row("x" + std::to_string(random.below(20000)), random.below(5));
      row.life = static_cast<lifecycle>(random.below(7));
      if (random.below(50) == 0) row.incarnation = ~std::uint64_t{0};
      if (random.below(50) == 0) row.changed = wall_time::min();
      if (random.below(50) == 0)
        row.sightings.assign(random.below(5), a_sighting("n1", certainty::down));
      told.news.push_back(random.below(60) == 0 ? nullptr
                                                : std::make_shared<const member_row>(row));
    }
    const message sent[] = {gossip{told}, ping{told}, sync_rows{random.next(), true, told.news},
                            cluster::sync{told.news.empty() ? nullptr : told.news.front(), {}},
                            probe{node_id{std::string(random.below(100), 'z')}}};
    const auto did = r.nodes[0].hear(r.id(1), sent[random.below(5)], r.now);
    REQUIRE(did.send.size() <= 200);
    REQUIRE(did.events.size() <= 3 * max_rows);
    REQUIRE(r.nodes[0].table().size() <= max_members);
  }
  CHECK(r.nodes[0].self()->incarnation < max_incarnation);
  CHECK(r.nodes[0].self()->incarnation >= before);
}

TEST_CASE("news that do not fit into one message go on in the same beat") {
  rig r{3};
  r.pass(2s);
  word told;
  for (std::size_t i = 0; i < 3 * max_rows; ++i) {
    told.news.push_back(a_row("x" + std::to_string(i), 1, 0, lifecycle::left));
    if (told.news.size() < max_rows) continue;
    r.act(0, r.nodes[0].hear(r.id(1), gossip{told}, r.now));
    told.news.clear();
  }
  REQUIRE(r.nodes[2].table().size() == 3);
  r.pass(timing::beat);
  CHECK(r.nodes[2].table().size() == 3 + 3 * max_rows);
}
