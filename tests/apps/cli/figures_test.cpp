#include "apps/hive/figures.hpp"
#include "tests/support/catch.hpp"

using namespace hive::cli;

TEST_CASE("figures fit six columns, whatever their size") {
  struct row {
    std::string said;
    std::string wanted;
  };
  const auto one = GENERATE(
      row{brief_count(0), "0"}, row{brief_count(9999), "9999"}, row{brief_count(10'000), "10.0k"},
      row{brief_count(123'456), "123k"}, row{brief_count(99'999), "100k"},
      row{brief_count(1'500'000), "1.5M"}, row{brief_count(999'999), "1.0M"},
      row{brief_count(18'446'744'073'709'551'615u), "18447P"}, row{brief_time(0), "0"},
      row{brief_time(-1), "0"}, row{brief_time(0.00025), "250us"}, row{brief_time(0.0012), "1ms"},
      row{brief_time(0.9996), "1.0s"}, row{brief_time(1.5), "1.5s"}, row{brief_time(59.4), "59s"},
      row{brief_time(192), "3m12s"}, row{brief_time(7500), "2h05m"}, row{brief_time(400'000), "4d"},
      row{brief_rate(0), "0"}, row{brief_rate(0.21), "0.2"}, row{brief_rate(120), "120"},
      row{brief_rate(12'345), "12.3k"}, row{brief_share(0), "0%"}, row{brief_share(0.005), "0.5%"},
      row{brief_share(0.12), "12%"}, row{brief_share(1), "100%"});
  CHECK(one.said == one.wanted);
  CHECK(one.said.size() <= 6);
}

TEST_CASE("what nobody knows is a dash") {
  CHECK(or_dash(std::optional<double>{}, brief_time) == "-");
  CHECK(or_dash(std::optional<double>{0.5}, brief_share) == "50%");
}
