#include "apps/hive/screen.hpp"
#include "apps/hive/text.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace hive::cli;

namespace {

file_sight file(std::string path, std::uint64_t received, std::uint64_t total) {
  file_sight out;
  out.path = std::move(path);
  out.bytes.received = out.bytes.verified = received;
  out.bytes.total = total;
  return out;
}

job_sight job_of(std::size_t running, std::size_t done, std::size_t waiting) {
  job_sight out;
  out.ref = "hf:org/repo";
  out.state = "fetching";
  out.rate = 24'000'000;
  out.eta = std::chrono::seconds{5};
  for (std::size_t i = 0; i < running; ++i)
    out.files.push_back(file("run" + std::to_string(i), 50, 100));
  for (std::size_t i = 0; i < done; ++i)
    out.files.push_back(file("done" + std::to_string(i), 100, 100));
  for (std::size_t i = 0; i < waiting; ++i)
    out.files.push_back(file("wait" + std::to_string(i), 0, 100));
  out.bytes.total = 0;
  for (const auto& f : out.files) {
    out.bytes.received += f.bytes.received;
    *out.bytes.total += *f.bytes.total;
  }
  return out;
}

bool holds(const std::vector<std::string>& lines, std::string_view text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const auto& line) { return line.find(text) != line.npos; });
}

} // namespace

TEST_CASE("a bar shows label, share, bytes and trailer") {
  const auto line = bar_line({"model.gguf", 50'000'000, 100'000'000, "24.0 MB/s"}, 100);
  CHECK(line.find("model.gguf") == 0);
  CHECK(line.find("[==============>") != line.npos);
  CHECK(line.find(" 50%") != line.npos);
  CHECK(line.find("50.0 MB of 100 MB") != line.npos);
  CHECK(line.ends_with("24.0 MB/s"));
}

TEST_CASE("no line is wider than the terminal, whatever is in it") {
  const auto width = GENERATE(1u, 5u, 20u, 40u, 60u, 80u, 200u);
  const bar what{"a/very/long/path/模型/with-a-name-00001-of-00009.gguf", 999, 1'000'000,
                 "waiting for it"};
  CHECK(columns_of(bar_line(what, width)) <= width);
  CHECK(columns_of(bar_line({"x", 5, std::nullopt, ""}, width)) <= width);
}

TEST_CASE("one hundred percent is said only when everything is here") {
  CHECK(bar_line({"x", 999'999, 1'000'000, ""}, 80).find(" 99%") != std::string::npos);
  CHECK(bar_line({"x", 1'000'000, 1'000'000, ""}, 80).find("100%") != std::string::npos);
  CHECK(bar_line({"x", 0, 0, ""}, 80).find("100%") != std::string::npos);
}

TEST_CASE("running files are shown, finished and waiting ones only counted") {
  const auto lines = picture({job_of(2, 3, 4)}, 20, 100);
  REQUIRE(lines.size() == 3);
  CHECK(holds(lines, "run0"));
  CHECK(holds(lines, "run1"));
  CHECK_FALSE(holds(lines, "done0"));
  CHECK_FALSE(holds(lines, "wait0"));
  CHECK(holds(lines, "3/9 files"));
  CHECK(holds(lines, "24.0 MB/s  0:05 left"));
}

TEST_CASE("the picture never takes more rows than there are") {
  const auto rows = GENERATE(1u, 2u, 3u, 5u, 8u);
  const std::vector<job_sight> jobs{job_of(30, 0, 0), job_of(1, 2, 0), job_of(0, 0, 5),
                                    job_of(7, 0, 0)};
  CHECK(picture(jobs, rows, 80).size() <= rows);
}

TEST_CASE("what has no room is counted") {
  const auto lines = picture({job_of(30, 0, 0)}, 5, 100);
  REQUIRE(lines.size() == 5);
  CHECK(holds(lines, "and 27 more files"));
  const auto many = picture(std::vector<job_sight>(9, job_of(1, 0, 0)), 4, 100);
  REQUIRE(many.size() == 4);
  CHECK(holds(many, "and 6 more jobs"));
}

TEST_CASE("jobs that have ended leave the picture") {
  auto over = job_of(1, 1, 0);
  over.state = "succeeded";
  CHECK(picture({over}, 10, 80).empty());
}

TEST_CASE("a job that waits says for what") {
  auto waiting = job_of(0, 0, 1);
  waiting.state = "waiting";
  waiting.cause = "trying again in 5 s";
  CHECK(holds(picture({waiting}, 10, 100), "trying again in 5 s"));
}

TEST_CASE("file names cannot reach the terminal's controls") {
  auto evil = job_of(2, 0, 0);
  evil.files.front().path = "x\x1b]0;title\x07";
  for (const auto& line : picture({evil}, 10, 100)) CHECK(line.find('\x1b') == line.npos);
}

TEST_CASE("a terminal made narrower wraps what was drawn") {
  const std::vector<std::string> lines{std::string(80, 'x'), "", std::string(81, 'x')};
  CHECK(rows_taken(lines, 80) == 4);
  CHECK(rows_taken(lines, 40) == 6);
  CHECK(rows_taken({}, 80) == 0);
}
