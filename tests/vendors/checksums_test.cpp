#include "tests/support/catch.hpp"
#include "vendors/checksums.hpp"

#include <string>

using namespace hive::vendors;

namespace {
const std::string sum_a(64, 'a');
const std::string b(64, 'b');
} // namespace

TEST_CASE("checksum files of every common form are read") {
  struct row {
    std::string text;
    checksum_list found;
  };
  const row rows[]{
      {sum_a + "  x.gguf\n", {{"x.gguf", sum_a}}},
      {sum_a + " *x.gguf\r\n" + b + "  y z.bin", {{"x.gguf", sum_a}, {"y z.bin", b}}},
      {std::string(64, 'A') + "  ./dist/x.gguf", {{"x.gguf", sum_a}}},
      {"SHA256 (x (1).gguf) = " + sum_a, {{"x (1).gguf", sum_a}}},
      {"SHA512 (x.gguf) = " + sum_a, {}},
      {"\\" + sum_a + "  x\\\\y\n", {{"y", sum_a}}},
      {"\xEF\xBB\xBF# made by CI\n\n" + sum_a + "\tx.gguf", {{"x.gguf", sum_a}}},
      {std::string(128, 'a') + "  x.gguf", {}},
      {std::string(40, 'a') + "  x.gguf", {}},
      {sum_a + "  x.gguf\n" + sum_a + "  x.gguf\n", {{"x.gguf", sum_a}}},
      {sum_a + "  x.gguf\n" + b + "  x.gguf\n", {}},
      {"<html>" + sum_a + "</html>", {}},
      {"", {}},
  };
  for (const auto& one : rows) {
    CAPTURE(one.text);
    CHECK(read_checksums(one.text, "") == one.found);
  }
}

TEST_CASE("a digest alone belongs to the one file it was published for") {
  CHECK(read_checksums(sum_a, "x.gguf") == checksum_list{{"x.gguf", sum_a}});
  CHECK(read_checksums(sum_a, "").empty());
  CHECK(read_checksums(sum_a + "\n" + b, "x.gguf").empty());
}

TEST_CASE("files that hold digests are known by their names") {
  for (const auto* name : {"SHA256SUMS", "SHA256SUMS.txt", "sha256sum.txt", "checksums.txt",
                           "hive_1.2.0_checksums.txt", "hive-1.2-sha256sums.txt"})
    CHECK(is_checksum_list(name));
  for (const auto* name : {"model.gguf", "model.gguf.sha256", "SHA512SUMS", "mychecksums.txt", ""})
    CHECK_FALSE(is_checksum_list(name));
  CHECK(checked_by("model.gguf.sha256") == "model.gguf");
  CHECK(checked_by("model.gguf.sha256sum") == "model.gguf");
  CHECK(checked_by(".sha256").empty());
  CHECK(checked_by("model.gguf").empty());
}
