#include "core/machine/proc.hpp"
#include "tests/support/catch.hpp"

using namespace hive::machine;

TEST_CASE("load averages are read as the kernel writes them, anything else is unknown") {
  CHECK(read_loadavg("0.20 0.18 0.12 1/80 11206\n") == load_average{0.20, 0.18, 0.12});
  CHECK(read_loadavg("128.00 96.5 3 12/4000 7") == load_average{128, 96.5, 3});
  for (const auto* broken : {"", "\n", "0.2", "0.2 0.1", "a b c", "0.2 0.1 -1", "nan 0 0",
                             "inf 1 1", "0.2 0.1 0.1x 1/80"}) {
    CAPTURE(broken);
    CHECK_FALSE(read_loadavg(broken));
  }
}

TEST_CASE("memory is what the kernel calls total and available") {
  const auto* recorded = "MemTotal:       65751284 kB\n"
                         "MemFree:         1203456 kB\n"
                         "MemAvailable:   48122880 kB\n"
                         "Buffers:          912300 kB\n";
  CHECK(read_meminfo(recorded) == extent{65'751'284ull << 10, 48'122'880ull << 10});
  for (const auto* broken :
       {"", "MemTotal: 5 kB\n", "MemTotal: 5 kB\nMemAvailable: 6 kB\n",
        "MemTotal: 5 MB\nMemAvailable: 4 MB\n", "MemTotal: x kB\nMemAvailable: 4 kB\n",
        "MemTotal: 99999999999999999999 kB\nMemAvailable: 4 kB\n",
        "MemTotalX: 5 kB\nMemAvailable: 4 kB\n", "MemTotal:\nMemAvailable: 4 kB"}) {
    CAPTURE(broken);
    CHECK_FALSE(read_meminfo(broken));
  }
}

TEST_CASE("the resident size is counted in pages") {
  CHECK(read_statm("36208 9113 3456 512 0 20481 0\n", 4096) == 9113ull * 4096);
  CHECK_FALSE(read_statm("", 4096));
  CHECK_FALSE(read_statm("36208", 4096));
  CHECK_FALSE(read_statm("36208 x", 4096));
  CHECK_FALSE(read_statm("1 18446744073709551615", 4096));
}
