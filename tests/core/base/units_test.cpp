#include "core/base/units.hpp"
#include "tests/support/catch.hpp"

#include <limits>

using namespace hive;
using namespace std::chrono_literals;

TEST_CASE("sizes are printed with three digits in decimal units") {
  const std::pair<std::uint64_t, std::string> table[] = {
      {0, "0 B"},
      {999, "999 B"},
      {1000, "1.00 kB"},
      {1234, "1.23 kB"},
      {9994, "9.99 kB"},
      {9995, "10.0 kB"},
      {9996, "10.0 kB"},
      {12'345, "12.3 kB"},
      {99'960, "100 kB"},
      {999'499, "999 kB"},
      {999'500, "1.00 MB"},
      {4'680'000'000, "4.68 GB"},
      {400'000'000'000, "400 GB"},
      {std::numeric_limits<std::uint64_t>::max(), "18.4 EB"},
  };
  for (const auto& [bytes, text] : table) CHECK(format_bytes(bytes) == text);
}

TEST_CASE("sizes are read in decimal and binary units") {
  const std::pair<std::string, std::uint64_t> table[] = {
      {"0", 0},
      {"1048576", 1048576},
      {"800k", 800'000},
      {"50M", 50'000'000},
      {"1.5G", 1'500'000'000},
      {"4.68 GB", 4'680'000'000},
      {"64MiB", 64ull << 20},
      {"64mib", 64ull << 20},
      {"0.5KiB", 512},
      {"2TB", 2'000'000'000'000},
      {"12 B", 12},
      {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()},
  };
  for (const auto& [text, bytes] : table) {
    INFO(text);
    REQUIRE(parse_bytes(text));
    CHECK(*parse_bytes(text) == bytes);
  }
  for (const std::string text :
       {"", "M", "-1", "+1", "1.5", "1.", ".5M", "1.M", "1e6", "5X", "5 MM", "1,5G", "0x10",
        "18446744073709551616", "99999999999999T", "1.1234567M", "5M5", " 5"}) {
    INFO(text);
    REQUIRE_FALSE(parse_bytes(text));
    CHECK(parse_bytes(text).why().code == errc::bad_config);
  }
}

TEST_CASE("durations are printed as clocks show them") {
  CHECK(format_duration(0s) == "0:00");
  CHECK(format_duration(9s) == "0:09");
  CHECK(format_duration(245s) == "4:05");
  CHECK(format_duration(3599s) == "59:59");
  CHECK(format_duration(3723s) == "1:02:03");
  CHECK(format_duration(100h) == "100:00:00");
  CHECK(format_duration(-5s) == "0:00");
}

TEST_CASE("times are printed in UTC with milliseconds and read back") {
  const wall_time t{std::chrono::milliseconds{1'795'298'821'250}};
  CHECK(format_time(t) == "2026-11-21T22:07:01.250Z");
  CHECK(format_time(wall_time{}) == "1970-01-01T00:00:00.000Z");
  CHECK(format_time(wall_time{-1ms}) == "1969-12-31T23:59:59.999Z");
  for (const auto ms : {0ll, 1'795'298'821'250ll, 951'782'400'001ll, 4'102'444'799'999ll}) {
    const wall_time each{std::chrono::milliseconds{ms}};
    CHECK(parse_time(format_time(each)).value() == each);
  }
  const auto now = wall_now();
  CHECK(parse_time(format_time(now)).value() == now);
}

TEST_CASE("what is no time is refused") {
  for (const std::string text :
       {"", "2026-11-21", "2026-11-21T22:07:01Z", "2026-11-21T22:07:01.250",
        "2026-13-21T22:07:01.250Z", "2026-02-29T22:07:01.250Z", "2026-11-21T24:07:01.250Z",
        "2026-11-21T22:60:01.250Z", "2026-11-21T22:07:60.250Z", "2026-11-21 22:07:01.250Z",
        "2026-1a-21T22:07:01.250Z", "2026-11-21T22:07:01.250ZZ", "2026-11-00T22:07:01.250Z"}) {
    INFO(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("lengths of time are read as people write them") {
  const std::pair<const char*, std::chrono::seconds> good[] = {
      {"90s", 90s}, {"15m", 15min}, {"24h", 24h}, {"7d", 168h}, {"60", 60s}, {"0", 0s}};
  for (const auto& [text, length] : good) {
    INFO(text);
    REQUIRE(parse_duration(text));
    CHECK(*parse_duration(text) == length);
  }
  for (const char* text : {"", "h", "1w", "-1h", "1.5h", "24 h", "1h30m", "99999999999999999999d",
                           "36601d", "18446744073709551615s"}) {
    INFO(text);
    REQUIRE_FALSE(parse_duration(text));
    CHECK(parse_duration(text).why().code == errc::bad_config);
  }
}
