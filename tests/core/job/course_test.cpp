#include "core/job/course.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace hive;

namespace {

constexpr int states = 9, steps = 12;
job_state state(int i) {
  return static_cast<job_state>(i);
}
job_step step(int i) {
  return static_cast<job_step>(i);
}

} // namespace

TEST_CASE("every pair of state and step goes where the course says, or nowhere") {
  // Rows: states; columns: start resolved fetched committed stumble wake pause resume fail cancel
  // requeue retry. Letters: first of the next state (w waits, x cancelled, ! failed, . nowhere).
  const char* table[states] = {
      "r.....p.!x..", // queued
      ".f..w.p.!xq.", // resolving
      "..c.w.p.!xq.", // fetching
      "...sw.p.!xq.", // committing
      ".......q!x..", // paused
      ".....rp.!xq.", // waiting
      "............", // succeeded
      "...........q", // failed
      "...........q", // cancelled
  };
  const std::string letters = "qrfcpws!x";
  for (int from = 0; from < states; ++from) {
    for (int s = 0; s < steps; ++s) {
      INFO(to_string(state(from)) << " step " << s);
      const auto next = after(state(from), step(s));
      CHECK((next ? letters[static_cast<std::size_t>(*next)] : '.') == table[from][s]);
    }
  }
}

TEST_CASE("the course is one table without repeats") {
  std::set<std::pair<job_state, job_step>> seen;
  for (const auto& row : course_table()) {
    CHECK(seen.emplace(row.from, row.step).second);
    CHECK(after(row.from, row.step) == row.to);
  }
  CHECK(seen.size() == 32);
}

TEST_CASE("a job that runs or waits its turn can always be cancelled and paused") {
  for (int i = 0; i < states; ++i) {
    const auto s = state(i);
    INFO(to_string(s));
    CHECK(after(s, job_step::cancel).has_value() == !is_terminal(s));
    CHECK(after(s, job_step::requeue).has_value() == is_running(s));
    CHECK_FALSE((is_terminal(s) && is_running(s)));
  }
}

TEST_CASE("states are named and found by their names") {
  for (int i = 0; i < states; ++i) CHECK(job_state_from_name(to_string(state(i))) == state(i));
  CHECK(to_string(job_state::waiting) == "waiting");
  CHECK(job_state_from_name("running") == std::nullopt);
  CHECK(to_string(static_cast<job_state>(200)) == "unknown");
}
