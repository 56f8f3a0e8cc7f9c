#include "core/job/record.hpp"

namespace hive {

std::string_view to_string(job_kind k) noexcept {
  return k == job_kind::import ? "import" : "pull";
}

std::optional<job_kind> job_kind_from_name(std::string_view name) noexcept {
  for (const auto k : {job_kind::pull, job_kind::import})
    if (to_string(k) == name) return k;
  return std::nullopt;
}

} // namespace hive
