#include "apps/hive/actor_table.hpp"

#include "apps/hive/figures.hpp"
#include "apps/hive/table.hpp"

namespace hive::cli {

std::string actor_tree(const std::vector<actor_sight>& all, std::size_t width) {
  std::vector<table_row> rows;
  for (const auto& [which, depth] : tree_of(all)) {
    const auto& one = all[which];
    rows.push_back({std::string(2 * depth, ' ') + one.name + ' ' + std::to_string(one.id),
                    one.state, brief_count(one.mailbox), brief_count(one.handled),
                    one.job.empty() ? "-" : one.job, subject_of(one)});
  }
  return table({{"ACTOR"},
                {"STATE"},
                {"QUEUE", true},
                {"HANDLED", true},
                {"JOB"},
                {"WORKS AT", false, true}},
               rows, width);
}

std::string actor_table(const std::vector<actor_sight>& all, std::size_t width) {
  std::vector<table_row> rows;
  for (const auto& one : all)
    rows.push_back({std::to_string(one.id), one.parent == 0 ? "-" : std::to_string(one.parent),
                    one.name, one.state, brief_count(one.mailbox), or_dash(one.oldest, brief_time),
                    or_dash(one.rate, brief_rate), or_dash(one.busy, brief_share),
                    or_dash(one.growth, [](std::int64_t by) { return std::to_string(by); }),
                    or_dash(one.p99, brief_time), brief_count(one.handled), brief_time(one.age),
                    one.job.empty() ? "-" : one.job, subject_of(one)});
  return table({{"ID", true},
                {"PARENT", true},
                {"NAME"},
                {"STATE"},
                {"QUEUE", true},
                {"OLDEST", true},
                {"MSG/S", true},
                {"BUSY", true},
                {"GROWTH", true},
                {"P99", true},
                {"HANDLED", true},
                {"AGE", true},
                {"JOB"},
                {"WORKS AT", false, true}},
               rows, width);
}

} // namespace hive::cli
