#include "core/job/line.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>
#include <string>

namespace hive {
namespace {

job_record made(const std::string& id, std::int64_t priority = 0, std::int64_t created_ms = 1000) {
  job_record job;
  job.id = job_id{id};
  job.asked.priority = priority;
  job.created = wall_time{std::chrono::milliseconds{created_ms}};
  return job;
}

/// A line, and the jobs in it as a queue would keep them.
struct kept_line {
  job_line line;
  std::vector<job_record> jobs;

  void add(job_record job) {
    line.put(place_of(job));
    jobs.push_back(std::move(job));
  }
  line_place of(const std::string& id) const {
    return place_of(*std::ranges::find(jobs, job_id{id}, &job_record::id));
  }
  std::size_t move(const std::string& id, std::size_t position) {
    const auto changes = line.to_move(of(id), position);
    for (const auto& change : changes) {
      auto& job = *std::ranges::find(jobs, change.id, &job_record::id);
      line.erase(place_of(job));
      job.asked.priority = change.priority;
      job.rank = change.rank;
      line.put(place_of(job));
    }
    return changes.size();
  }
  std::string order() const {
    std::string text;
    for (const auto& place : line.places()) text += place.id.value;
    return text;
  }
};

kept_line of(const std::string& ids) {
  kept_line all;
  for (const char id : ids) all.add(made(std::string(1, id)));
  return all;
}

TEST_CASE("higher priority goes first, then age, then the id") {
  kept_line all;
  all.add(made("c", 0, 3));
  all.add(made("b", 0, 2));
  all.add(made("d", 0, 3));
  all.add(made("z", 7, 9));
  all.add(made("a", -1, 1));
  CHECK(all.order() == "zbcda");
  CHECK(all.line.position_of(all.of("c")) == 3);
  all.line.erase(all.of("b"));
  CHECK(all.order() == "zcda");
}

TEST_CASE("a job goes to the place it is sent to") {
  struct row {
    std::string who;
    std::size_t position;
    std::string order;
  };
  const row rows[] = {{"c", 1, "cabde"},  {"a", 3, "bcade"}, {"e", 2, "aebcd"}, {"a", 5, "bcdea"},
                      {"b", 99, "acdeb"}, {"d", 4, "abcde"}, {"d", 0, "dabce"}};
  for (const auto& [who, position, order] : rows) {
    auto all = of("abcde"); // made in the same millisecond: there is no gap between them
    all.move(who, position);
    CAPTURE(who, position);
    CHECK(all.order() == order);
  }
}

TEST_CASE("a place among others of one priority makes it one of them") {
  kept_line all;
  all.add(made("a", 9));
  all.add(made("b", 5));
  all.add(made("c", 5));
  all.add(made("d", 0));
  all.move("d", 3);
  CHECK(all.order() == "abdc");
  CHECK(all.of("d").priority == 5);
  all.move("a", 4);
  CHECK(all.order() == "bdca");
  CHECK(all.of("a").priority == 5);
  all.move("a", 1);
  CHECK(all.of("a").priority == 5); // its own allows the place
  CHECK(all.order() == "abdc");
}

TEST_CASE("moves to the ends touch nobody else, however often") {
  auto all = of("abcdef");
  for (int i = 0; i < 100; ++i) {
    CHECK(all.move(std::string(1, "abcdef"[i % 6]), i % 2 == 0 ? 1 : 6) == 1);
  }
}

TEST_CASE("any moves at all keep the line in the order that was asked for") {
  std::mt19937 random{7};
  auto all = of("abcdefghij");
  std::string order = all.order();
  for (int i = 0; i < 3000; ++i) {
    const auto who = order[random() % order.size()];
    const auto position = 1 + random() % order.size();
    order.erase(order.find(who), 1);
    order.insert(position - 1, 1, who);
    all.move(std::string(1, who), position);
    REQUIRE(all.order() == order);
  }
}

} // namespace
} // namespace hive
