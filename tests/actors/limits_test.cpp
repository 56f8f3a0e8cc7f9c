#include "actors/limits.hpp"
#include "tests/actors/neighbours.hpp"

#include <cstdlib>
#include <ctime>

namespace hive::actors {
namespace {

using limits::limit;

/// Limits among mocks, on a Monday in a place without summer time.
struct counting_house {
  actor_world world;
  fake_ledger ledger_of;
  fake_narrator narrator_of;
  ledger_actor ledger{ledger_of.in(world)};
  narrator_actor narrator{narrator_of.in(world)};
  std::vector<std::pair<std::string, std::uint64_t>> held; ///< downloads, as told
  std::vector<std::size_t> lanes;
  std::vector<std::size_t> slots;
  std::shared_ptr<limit_board> board{std::make_shared<limit_board>()};
  wall_time wall{parse_time("2026-01-05T07:59:20.000Z").value()};
  limits_actor at;

  explicit counting_house(limits::schedule hours = {},
                          std::map<std::string, std::string> kept = {}) {
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    ledger_of.settings = std::move(kept);
    at = world.spawn([&](caf::local_actor* parent) {
      limits_deps deps{ledger, narrator};
      deps.settings[limit::download_rate] = {50, "file", "hive.toml"};
      deps.settings.hours = std::move(hours);
      deps.board = board;
      deps.hold_download = [this](const std::string& bucket, std::uint64_t rate) {
        held.emplace_back(bucket, rate);
      };
      deps.hold_lanes = [this](std::size_t most) { lanes.push_back(most); };
      deps.wall = [this] { return wall; };
      return spawn_limits(parent, deps);
    });
  }
  ~counting_house() {
    order_stop(at, stop_reason::node_stopping);
    world.settle();
  }

  answer<limits::in_force> change(std::vector<limits::change> changes) {
    return world.ask<limits::in_force>(at, change_limits{std::move(changes)});
  }
  limits::in_force now() { return *world.ask<limits::in_force>(at, query_limits{}); }
  void pass(std::chrono::milliseconds time) {
    wall += time;
    world.pass(time);
  }
  std::vector<fact> changes_told() const {
    std::vector<fact> found;
    for (const auto& m : narrator_of.told)
      if (m.what.action == "limit-changed") found.push_back(m.what);
    return found;
  }
};

std::string field(const fact& f, const std::string& key) {
  for (const auto& [name, value] : f.fields)
    if (name == key) return value;
  return {};
}

limits::schedule office_hours() {
  limits::window hours;
  hours.from = 8 * 60;
  hours.to = 18 * 60;
  hours.download_rate = 10;
  return {hours};
}

TEST_CASE("what the settings say is in force from the start, and is no news") {
  counting_house house;
  CHECK(house.held == std::vector<std::pair<std::string, std::uint64_t>>{{"", 50}});
  CHECK(house.lanes == std::vector<std::size_t>{64});
  CHECK((*house.board)[2] == 4);
  CHECK(house.now().values[0].source == "hive.toml");
  CHECK(house.changes_told().empty());
}

TEST_CASE("a change is durable, in force and told, with the value before") {
  counting_house house;
  const auto now = house.change({{limit::download_rate, 7}, {limit::upload_rate, 9}});
  CHECK((*now)[limit::download_rate] == 7);
  CHECK(now->values[0].from == "set");
  CHECK(house.held.back() == std::pair<std::string, std::uint64_t>{"", 7});
  CHECK((*house.board)[1] == 9);
  CHECK(house.ledger_of.settings ==
        std::map<std::string, std::string>{{"download_rate", "7"}, {"upload_rate", "9"}});
  const auto told = house.changes_told();
  REQUIRE(told.size() == 2);
  CHECK(told[0].human == "download rate is now 7 B/s instead of 50 B/s");
  CHECK(field(told[0], "old") == "50");
  CHECK(field(told[0], "new") == "7");
  CHECK(field(told[0], "by") == "set");
}

TEST_CASE("a change taken back leaves what the settings say; the same value again is no news") {
  counting_house house;
  house.change({{limit::max_lanes, 8}});
  house.change({{limit::max_lanes, 8}});
  CHECK(house.changes_told().size() == 1);
  CHECK((*house.change({{limit::max_lanes, std::nullopt}})).values[3].from == "default");
  CHECK(house.lanes == std::vector<std::size_t>{64, 8, 64});
  CHECK(house.ledger_of.settings.empty());
}

TEST_CASE("a change that cannot be kept is refused and does not hold") {
  counting_house house;
  house.ledger_of.refuses = true;
  CHECK(house.change({{limit::download_rate, 7}}).get().why().code == errc::disk_full);
  CHECK(house.now()[limit::download_rate] == 50);
  CHECK(house.held.size() == 1);
}

TEST_CASE("what was set holds after a restart; what no longer makes sense does not") {
  counting_house house{
      {}, {{"download_rate", "0"}, {"max_jobs", "99999"}, {"max_lanes", "x"}, {"other", "1"}}};
  CHECK(house.now().values[0] == limits::configured_limit{0, "set", ""});
  CHECK(house.now().values[2] == limits::configured_limit{4, "default", ""});
  CHECK(house.now().values[3] == limits::configured_limit{64, "default", ""});
}

TEST_CASE("the schedule opens and closes by the clock on the wall") {
  counting_house house{office_hours()};
  CHECK(house.now()[limit::download_rate] == 50);
  house.pass(39s);
  CHECK(house.now()[limit::download_rate] == 50);
  house.pass(1s);
  CHECK(house.now().values[0] == limits::configured_limit{10, "schedule", "08:00-18:00"});
  CHECK(house.held.back().second == 10);
  REQUIRE(house.changes_told().size() == 1);
  CHECK(field(house.changes_told()[0], "by") == "schedule");
  for (int minutes = 0; minutes < 10 * 60; ++minutes) house.pass(60s);
  CHECK(house.now()[limit::download_rate] == 50);
  CHECK(house.changes_told().size() == 2);
}

TEST_CASE("what is set by hand stands above the schedule until it is taken back") {
  counting_house house{office_hours()};
  house.pass(60s);
  house.change({{limit::download_rate, 0}});
  CHECK(house.now()[limit::download_rate] == 0);
  house.pass(60s);
  CHECK(house.now()[limit::download_rate] == 0);
  CHECK((*house.change({{limit::download_rate, std::nullopt}}))[limit::download_rate] == 10);
}

TEST_CASE("a wall clock that jumps is followed within a minute") {
  counting_house house{office_hours()};
  house.wall += 3h;
  house.pass(60s);
  CHECK(house.now()[limit::download_rate] == 10);
}

TEST_CASE("jobs' own rates reach the downloads at once") {
  counting_house house;
  house.world.tell(house.at, limit_job{job_id{"j"}, 5});
  CHECK(house.held.back() == std::pair<std::string, std::uint64_t>{"j", 5});
}

} // namespace
} // namespace hive::actors
