#pragma once
/// A queue among mocks, in virtual time.

#include "actors/queue.hpp"
#include "tests/actors/neighbours.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace hive::actors {

struct queue_room {
  actor_world world;
  stand_ins around{world};
  queue_actor queue;
  std::string held_up; ///< holds up every transfer

  explicit queue_room(std::size_t max_jobs = 1, std::vector<job_record> before = {},
                      bool slow_vendor = false, int tries = 2) {
    around.resolve.holds = slow_vendor;
    around.slots = max_jobs;
    for (auto& record : before) around.ledger_of.jobs[record.id] = record;
    queue = world.spawn([&](caf::local_actor* parent) {
      queue_deps deps{around.ledger, around.narrator, around.catalog,
                      around.desk,   around.shelf,    around.limits};
      deps.retry = {.first = 1000ms, .ceiling = 1000ms, .tries = tries};
      deps.held_up = [this] { return held_up; };
      return spawn_queue(parent, deps);
    });
  }
  ~queue_room() {
    order_stop(queue, stop_reason::node_stopping);
    world.settle();
  }

  job_record submit(job_request asked) {
    return *world.ask<job_record>(queue, submit_job{std::move(asked), {}});
  }
  job_record submit(const std::string& what) { return submit(pull(what)); }
  job_record now(const job_id& id) { return *world.ask<job_record>(queue, query_job{id}); }
  answer<job_record> cancel(const job_id& id, bool purge = false) {
    return world.ask<job_record>(queue, cancel_job{id, purge});
  }
  answer<job_record> steer(const job_id& id, job_order what) {
    return world.ask<job_record>(queue, steer_job{id, what});
  }
  const job_record& kept(const job_id& id) { return around.ledger_of.jobs.at(id); }
  /// One that is called `name`.
  caf::actor one(const std::string& name) {
    const auto all = world.people().list();
    const auto at = std::ranges::find(all, name, &resident::name);
    REQUIRE(at != all.end());
    return world.people().find(at->id);
  }
  std::size_t jobs_alive() {
    return world.people().count("job") + world.people().count("download") +
           world.people().count("heartbeat");
  }
};

} // namespace hive::actors
