#pragma once
/// Under which name an import is catalogued. Pure.

#include "core/artifact/plan.hpp"
#include "core/base/result.hpp"
#include "core/job/record.hpp"

namespace hive::actors {

/// Gives the plan of an import the name it was given, if any; other jobs' stay as they are. A Hub's
/// repository without a revision is asked for by its branch main.
outcome name_import(download_plan& plan, const job_request& asked);

} // namespace hive::actors
