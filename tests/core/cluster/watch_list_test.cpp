// How far a node looks when those it watches are silent.
#include "tests/core/cluster/rig.hpp"
#include "tests/support/catch.hpp"

#include "core/cluster/watch_list.hpp"

using namespace hive::cluster;
using namespace hive::cluster::test;

namespace {

/// One that watches 200 others, of whom nobody answers.
struct lonely {
  roster table;
  std::uint64_t self{0};
  watch_list watches;
  milliseconds now{0};

  lonely() {
    for (std::size_t i = 0; i < 201; ++i) {
      const auto row = a_row(numbered(i));
      if (i == 0) self = row->ring;
      REQUIRE(table.put(row));
    }
  }
  std::size_t beat(int stretch) {
    watches.arrange(table, self, now, stretch);
    for (auto& w : watches.all()) w.asked = true;
    now += timing::beat;
    return watches.all().size();
  }
  void answer(std::size_t count) {
    for (auto& w : watches.all()) {
      if (count-- == 0) return;
      w.answered = true;
      w.heard = now;
    }
  }
};

} // namespace

TEST_CASE("who hears nobody looks eight times as far with each beat") {
  lonely one;
  CHECK(one.beat(1) == 8);
  CHECK(one.beat(1) == 64);
  CHECK(one.beat(1) == 200);
}

TEST_CASE("a node that is late itself gives others longer before it looks further") {
  lonely one;
  for (int beats = 0; beats < 4; ++beats) CHECK(one.beat(timing::most_stretch) == 8);
  for (int beats = 0; beats < 4; ++beats) CHECK(one.beat(timing::most_stretch) == 64);
  CHECK(one.beat(timing::most_stretch) == 200);
}

TEST_CASE("who is heard by most looks no further than the next eight") {
  lonely one;
  one.beat(1);
  REQUIRE(one.beat(1) == 64);
  one.answer(40);
  CHECK(one.beat(1) == 8);
}
