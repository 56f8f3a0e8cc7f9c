#include "actors/import_name.hpp"

namespace hive::actors {

outcome name_import(download_plan& plan, const job_request& asked) {
  if (asked.kind != job_kind::import || asked.import_as.empty()) return {};
  HIVE_TRY(plan.what, parse_reference(asked.import_as));
  const bool hub = plan.what.from == scheme::hf || plan.what.from == scheme::space;
  plan.requested = plan.what.revision;
  if (hub && plan.requested.empty()) plan.requested = "main";
  if (is_hex(plan.requested, 40)) plan.requested.clear();
  return {};
}

} // namespace hive::actors
