#include "core/job/record.hpp"

#include <unordered_set>
#include <utility>

namespace hive {

std::string_view to_string(job_kind k) noexcept {
  switch (k) {
  case job_kind::pull: return "pull";
  case job_kind::import: return "import";
  case job_kind::verify: return "verify";
  }
  return "pull";
}

std::optional<job_kind> job_kind_from_name(std::string_view name) noexcept {
  for (const auto k : {job_kind::pull, job_kind::import, job_kind::verify})
    if (to_string(k) == name) return k;
  return std::nullopt;
}

std::vector<job_content> contents_of(const download_plan& plan) {
  std::vector<job_content> found;
  std::unordered_set<std::string> known;
  for (const auto& file : plan.files)
    if (auto key = content_key(file); known.insert(key).second)
      found.push_back({std::move(key), file.size.value_or(0)});
  return found;
}

void apply(const job_change& what, job_request& to) {
  to.max_rate = what.max_rate.value_or(to.max_rate);
  to.priority = what.priority.value_or(to.priority);
}

bool same_wish(job_request asked, const job_request& known) {
  asked.max_rate = known.max_rate;
  asked.priority = known.priority;
  asked.correlation = known.correlation;
  return asked == known;
}

} // namespace hive
