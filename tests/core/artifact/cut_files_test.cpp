#include "core/artifact/cut_files.hpp"
#include "core/artifact/selection.hpp"
#include "tests/support/catch.hpp"

using namespace hive;

namespace {
using names = std::vector<std::string>;
} // namespace

TEST_CASE("pieces of a file that was cut are known by their names") {
  struct row {
    std::string_view path;
    std::string_view whole;
    std::uint32_t number;
    std::uint32_t count;
  };
  const row rows[]{{"m.gguf.part1of3", "m.gguf", 1, 3}, {"a/m.gguf.part-2of12", "a/m.gguf", 2, 12},
                   {"m.gguf.001", "m.gguf", 1, 0},      {"m.gguf.part07", "m.gguf", 7, 0},
                   {"m.gguf.part-ab", "m.gguf", 1, 0},  {"m.gguf.partaa", "m.gguf", 0, 0},
                   {"m.gguf.part_3", "m.gguf", 3, 0}};
  for (const auto& one : rows) {
    CAPTURE(one.path);
    const auto found = parse_cut(one.path);
    REQUIRE(found);
    CHECK(found->whole == one.whole);
    CHECK(found->number == one.number);
    CHECK(found->count == one.count);
  }
  for (const auto* path : {"m.gguf", "m.part0of3", "m.part4of3", "m.part", "m.01", "m.0001", ".001",
                           "a/.001", "", "m.part1of99999", "m.partAA"}) {
    CAPTURE(path);
    CHECK_FALSE(parse_cut(path));
  }
}

TEST_CASE("a set is numbered without a gap, or tells its count") {
  CHECK(cut_files(names{"m.002", "x", "m.001"}).at("m") == names{"m.001", "m.002"});
  CHECK(cut_files(names{"m.part0", "m.part1"}).size() == 1);
  CHECK(cut_files(names{"m.part9", "m.part10", "m.part8", "m.part7"}).empty());
  CHECK(cut_files(names{"m.001"}).empty());
  CHECK(cut_files(names{"m.001", "m.003"}).empty());
  CHECK(cut_files(names{"m.001", "m.002", "m"}).empty());
  CHECK(cut_files({}).empty());
  const auto torn = cut_files(names{"m.part3of3", "m.part1of3"}).at("m");
  CHECK(missing_pieces(torn) == names{"m.part2of3"});
  CHECK(missing_pieces(names{"m.part1of1"}).empty());
  CHECK(missing_pieces(names{"m.001", "m.002"}).empty());
}

TEST_CASE("a quant finds the model that was cut, and messages name it") {
  const names paths{"m-Q8_0.gguf.part1of2", "m-Q8_0.gguf.part2of2", "README.md"};
  const auto chosen = choose_files(paths, {"q8_0", {}, {}});
  REQUIRE(chosen);
  CHECK(*chosen == names{paths[0], paths[1]});
  CHECK(quants_of(paths) == names{"Q8_0"});
  const auto wrong = choose_files(paths, {"Q2_K", {}, {}});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.why().hint.find("Q8_0") != std::string::npos);
  const auto torn = choose_files(names{paths[1]}, {"Q8_0", {}, {}});
  REQUIRE_FALSE(torn);
  CHECK(torn.why().detail.find("part1of2") != std::string::npos);
}
