#include "apps/hive/text.hpp"

#include "tests/support/catch.hpp"

using namespace hive::cli;

TEST_CASE("parameters are counted roughly") {
  CHECK(rough_count(999) == "999");
  CHECK(rough_count(1'500) == "1.5 k");
  CHECK(rough_count(494'032'768) == "494 M");
  CHECK(rough_count(7'615'616'512) == "7.6 B");
  CHECK(rough_count(1'000'000'000'000) == "1.0 T");
}

TEST_CASE("nothing a terminal acts on survives") {
  CHECK(printable("plain näme 模型") == "plain näme 模型");
  CHECK(printable("a\x1b[2Jb") == "a\xef\xbf\xbd[2Jb");
  CHECK(printable("a\nb\tc\x7f") == "a\xef\xbf\xbd"
                                    "b\xef\xbf\xbd"
                                    "c\xef\xbf\xbd");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\xef\xbf\xbd"
                            "31m");                                   // CSI of C1
  CHECK(printable("a\xe2\x80\xaegpj.exe") == "a\xef\xbf\xbdgpj.exe"); // right-to-left override
  CHECK(printable("a\xff") == "a\xef\xbf\xbd");
}

TEST_CASE("columns are counted as a terminal shows them") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("näme") == 4);
  CHECK(columns_of("模型") == 4);
  CHECK(columns_of("e\xcc\x81") == 1); // e and a combining accent
}

TEST_CASE("what is too long is cut at the chosen end, never inside a character") {
  CHECK(clip_end("abcdef", 6) == "abcdef");
  CHECK(clip_end("abcdef", 4) == "abc…");
  CHECK(clip_start("folder/model.gguf", 6) == "….gguf");
  CHECK(clip_end("模型模型", 4) == "模…");
  CHECK(clip_start("模型模型", 4) == "…型");
  CHECK(clip_end("abc", 0).empty());
  CHECK(clip_start("abc", 0).empty());
}

TEST_CASE("padding counts columns, not bytes") {
  CHECK(pad_right("ä", 3) == "ä  ");
  CHECK(pad_left("模", 4) == "  模");
  CHECK(pad_right("long", 2) == "long");
}

TEST_CASE("ages are rough") {
  using namespace std::chrono_literals;
  CHECK(rough_age(-5s) == "just now");
  CHECK(rough_age(59s) == "just now");
  CHECK(rough_age(150s) == "2 min");
  CHECK(rough_age(26h) == "26 h");
  CHECK(rough_age(72h) == "3 d");
}
