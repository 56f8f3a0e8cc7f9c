// Which limits hold when: windows of the week, and what stands above what.
#include "core/limits/limit.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <ctime>

using namespace hive;
using namespace hive::limits;

namespace {

constexpr unsigned at(unsigned hour, unsigned minute = 0) {
  return hour * 60 + minute;
}

window hours(unsigned from, unsigned to, std::vector<unsigned> days = {}) {
  window made;
  made.from = from;
  made.to = to;
  if (!days.empty()) made.days = {};
  for (const auto day : days) made.days[day] = true;
  return made;
}

/// The process's time zone for as long as it lives; a rule, so that no zone files are needed.
class zone {
 public:
  explicit zone(const char* rule) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    ::setenv("TZ", rule, 1);
    ::tzset();
  }
  ~zone() {
    before_ ? ::setenv("TZ", before_->c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }

 private:
  std::optional<std::string> before_;
};

wall_time utc(const char* text) {
  return parse_time(std::string{text} + ":00.000Z").value();
}

window_text said(std::string from, std::string to, std::string download) {
  return {std::move(from), std::move(to), std::move(download), std::nullopt, std::nullopt};
}

} // namespace

TEST_CASE("a window is open from its first minute up to its last, on its days") {
  const auto office = hours(at(8), at(18), {0, 1, 2, 3, 4});
  const auto night = hours(at(22), at(6), {4, 6}); // begins Friday and Sunday
  const auto whole = hours(0, at(24), {5});
  struct row {
    window what;
    local_minute now;
    bool open;
  };
  const auto one = GENERATE_COPY(
      row{office, {0, at(7, 59)}, false}, row{office, {0, at(8)}, true},
      row{office, {4, at(17, 59)}, true}, row{office, {4, at(18)}, false},
      row{office, {5, at(12)}, false}, row{night, {4, at(21, 59)}, false},
      row{night, {4, at(22)}, true}, row{night, {5, 0}, true}, row{night, {5, at(5, 59)}, true},
      row{night, {5, at(6)}, false}, row{night, {5, at(23)}, false}, row{night, {4, at(3)}, false},
      row{night, {0, at(3)}, true}, row{night, {1, at(3)}, false}, row{whole, {5, 0}, true},
      row{whole, {5, at(23, 59)}, true}, row{whole, {6, 0}, false});
  CAPTURE(to_string(one.what), one.now.day, one.now.minute);
  CHECK(is_open(one.what, one.now) == one.open);
}

TEST_CASE("local time follows the clock on the wall through both changes of the year") {
  const zone berlin{"CET-1CEST,M3.5.0,M10.5.0/3"};
  struct row {
    const char* when;
    unsigned day;
    unsigned minute;
  };
  const auto one =
      GENERATE(row{"2026-01-05T07:30", 0, at(8, 30)}, // a Monday in winter
               row{"2026-07-06T07:30", 0, at(9, 30)}, // and in summer
               row{"2026-03-29T00:59", 6, at(1, 59)}, // forward: 02:00 does not exist
               row{"2026-03-29T01:00", 6, at(3)},
               row{"2026-10-25T00:30", 6, at(2, 30)}, // back: 02:30 comes twice
               row{"2026-10-25T01:30", 6, at(2, 30)}, row{"2026-10-25T02:00", 6, at(3)},
               row{"2026-12-31T23:30", 4, at(0, 30)}); // the day is the local one
  CAPTURE(one.when);
  const auto now = local_at(utc(one.when));
  CHECK(now.day == one.day);
  CHECK(now.minute == one.minute);
}

TEST_CASE("an hour that does not exist is not open, one that comes twice is open twice") {
  const zone berlin{"CET-1CEST,M3.5.0,M10.5.0/3"};
  const auto small_hours = hours(at(2), at(3));
  int open = 0;
  for (auto t = utc("2026-03-28T23:00"); t < utc("2026-03-29T22:00"); t += std::chrono::minutes{1})
    open += is_open(small_hours, local_at(t)) ? 1 : 0;
  CHECK(open == 0);
  for (auto t = utc("2026-10-24T22:00"); t < utc("2026-10-25T23:00"); t += std::chrono::minutes{1})
    open += is_open(small_hours, local_at(t)) ? 1 : 0;
  CHECK(open == 120);
}

TEST_CASE("what was set live stands above the schedule, and that above the settings") {
  auto settings = default_configuration();
  settings.values[0] = {50, "environment", "HIVE_DOWNLOAD_RATE"};
  auto first = hours(at(8), at(18));
  first.upload_rate = 7;
  auto second = hours(at(9), at(12));
  second.download_rate = 10;
  second.upload_rate = 8;
  settings.hours = {first, second};
  const auto night = decide(settings, {}, {0, at(20)});
  CHECK(night.values[0] == configured_limit{50, "environment", "HIVE_DOWNLOAD_RATE"});
  CHECK(night.values[1] == configured_limit{0, "default", ""});
  CHECK(night.open == std::vector<bool>{false, false});
  const auto morning = decide(settings, {}, {0, at(10)});
  CHECK(morning.values[0] == configured_limit{10, "schedule", "09:00-12:00"});
  CHECK(morning.values[1] == configured_limit{7, "schedule", "08:00-18:00"});
  CHECK(morning.open == std::vector<bool>{true, true});
  const auto by_hand = decide(settings, {0, {}, 2, {}}, {0, at(10)});
  CHECK(by_hand.values[0] == configured_limit{0, "set", ""});
  CHECK(by_hand[limit::max_jobs] == 2);
  CHECK(by_hand[limit::max_lanes] == 64);
}

TEST_CASE("an entry of the schedule is read, or told what is wrong with it") {
  auto text = said("22:00", "06:00", "1.5M");
  text.days = {"Fri", "sun"};
  const auto read = read_window(text);
  REQUIRE(read);
  CHECK(read->from == at(22));
  CHECK(read->download_rate == 1'500'000u);
  CHECK_FALSE(read->upload_rate);
  CHECK(to_string(*read) == "22:00-06:00 fri sun");
  struct row {
    window_text text;
    std::string names;
  };
  const auto bad = GENERATE_COPY(
      row{said("8:00", "18:00", "1M"), "from"}, row{said("08:00", "25:00", "1M"), "to"},
      row{said("08:60", "18:00", "1M"), "from"}, row{said("08:00", "08:00", "1M"), "to"},
      row{said("24:00", "08:00", "1M"), "from"}, row{said("08:00", "18:00", "-1"), "download"},
      row{said("08:00", "18:00", "abc"), "download"}, row{said("08:00", "18:00", "2T"), "download"},
      row{{{}, "18:00", "1M", {}, {}}, "from"}, row{{"08:00", {}, "1M", {}, {}}, "to"},
      row{{"08:00", "18:00", {}, {}, {}}, "download"},
      row{{"08:00", "18:00", {}, "x", {}}, "upload"},
      row{{"08:00", "18:00", "1M", {}, std::vector<std::string>{"fry"}}, "days"},
      row{{"08:00", "18:00", "1M", {}, std::vector<std::string>{}}, "days"});
  const auto refused = read_window(bad.text);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::bad_config);
  CHECK(refused.why().detail.starts_with(bad.names + ": "));
}
