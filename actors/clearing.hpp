#pragma once
/// Cleaning up: what a gc finds, and one under way. Reads the disk and hive.db; changes nothing.

#include "actors/holds.hpp"
#include "actors/protocol.hpp"
#include "core/store/gc.hpp"
#include "core/store/home.hpp"

#include <utility>

namespace hive::actors {

/// Everything here as a gc looks at it. Leftovers that a job may go on with are to stay: of those
/// that run, wait or are paused, and, whoever left them, until they are a day old.
result<store::gc_survey> survey(const store::home& where, store::database& db, const holds& all,
                                wall_time now);

/// A gc under way.
struct clearing {
  store::gc_run run;
  caf::typed_response_promise<store::gc_report> answer;
  clearing(store::gc_run r, caf::typed_response_promise<store::gc_report> a)
    : run(std::move(r)), answer(std::move(a)) {}
};

} // namespace hive::actors
