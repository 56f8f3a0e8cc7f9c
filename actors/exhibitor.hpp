#pragma once
/// The exhibitor: makes views in other tools' folders. That may be a copy across file systems, so
/// it has a thread of its own, and a connection to hive.db of its own; it copies in steps, so that
/// it hears meanwhile.
///
/// Hears: exhibit (catalog), exhibit_step (itself), the death of those it works for.
/// Says:  nothing but answers.
/// Never: takes a view away, or goes on for a job that is gone.

#include "actors/protocol.hpp"
#include "core/store/home.hpp"
#include "core/store/tool_layout.hpp"

namespace hive::actors {

struct exhibitor_deps {
  store::home home;
  store::tool_roots tools;
};

exhibitor_actor spawn_exhibitor(caf::local_actor* parent, exhibitor_deps deps);

} // namespace hive::actors
