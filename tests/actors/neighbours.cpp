#include "tests/actors/neighbours.hpp"

namespace hive::actors {
namespace {

store::to_come wanted_of(const std::vector<job_content>& contents) {
  store::to_come wanted;
  for (const auto& one : contents) wanted.emplace(one.key, one.size);
  return wanted;
}

} // namespace

catalog_actor stand_ins::make_catalog(actor_world& world) {
  // Untyped inside, so that a test can also act in its name (actor_world::perform_as).
  auto made = world.system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
    return {
        [self](const perform& m) { m.act(self); },
        [this, self](const find_wish&) { return find(self, artifact_found{present}); },
        [this, self](const check_plan& m) {
          return check(self, plan_checked{known_bytes(m.plan), 0, 0,
                                          store::lack_of(room, wanted_of(contents_of(m.plan)))});
        },
        [this](const measure_room& m) {
          ++room_asked;
          std::vector<store::to_come> line;
          for (const auto& contents : m.line) line.push_back(wanted_of(contents));
          return room_measured{store::share_out(room, line), {}};
        },
        [](const find_blob&) { return blob_found{}; },
        [this, self](const admit_artifact& m) {
          admitted.push_back(m);
          store::artifact a;
          a.id = artifact_id{artifact_key(m.plan)};
          a.what = m.plan.what;
          a.files = m.files;
          return admit(self, std::move(a));
        },
        [this](const query_artifact&) -> caf::result<store::artifact> {
          if (!present) return as_error(fail(errc::not_found, "no such artifact"));
          return *present;
        },
        [this](const change_artifact&) { return present.value_or(store::artifact{}); },
        [](const query_artifacts&) { return artifact_page{}; },
        [](const match_reference&) { return artifact_list{}; },
        [](const remove_artifact&) { return removal{}; },
        [](const count_artifacts&) { return catalog_counts{}; },
        [this](const set_aside_contents& m) {
          for (const auto& one : m.damaged) aside.push_back(one);
          return contents_set_aside{};
        },
        [this](const renew_artifact&) -> caf::result<store::artifact> {
          ++renewed;
          return present.value_or(store::artifact{});
        },
        [this, self](const claim_artifact& m) {
          claimed.push_back(m);
          return claim(self, claim_answer);
        },
    };
  });
  world.keep(made);
  return caf::actor_cast<catalog_actor>(made);
}

desk_actor stand_ins::make_desk(actor_world& world) {
  auto made = world.system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const perform& m) { m.act(self); },
            [this, self](const resolve_reference& m) {
              resolved.push_back(m.what);
              return resolve(self, plan_resolved{plan.value_or(plan_of(m.what, files)), {}});
            }};
  });
  world.keep(made);
  return caf::actor_cast<desk_actor>(made);
}

shelf_actor stand_ins::make_shelf(actor_world& world) {
  auto made = world.system().spawn([this](shelf_actor::pointer self) -> shelf_actor::behavior_type {
    return {
        [this, self](const fetch_file& m) {
          fetch_asked.push_back(m);
          if (!fetch_failures.empty()) {
            self->send(m.reader, file_failed{m.file.path, fetch_failures.front()});
            fetch_failures.erase(fetch_failures.begin());
          } else if (fetches) {
            self->send(m.reader, file_fetched{m.file.path,
                                              {m.file.expected->hex, m.file.size.value_or(0), 0}});
          }
        },
        [](const transfer_progressed&) {},
        [](const transfer_noted&) {},
        [](const transfer_ended&) {},
        [this, self](const release_contents& m) -> caf::result<contents_released> {
          released.push_back(m);
          if (holds_release) {
            held_releases.push_back(self->make_response_promise<contents_released>());
            return held_releases.back();
          }
          contents_released rest;
          for (const auto& key : m.keys) rest.kept.push_back({key, m.purge ? 0 : kept});
          return rest;
        },
        [](const contents_measured&) {},
        [](const partial_purged&) {},
        [](const sharing_changed&) {},
    };
  });
  world.keep(made);
  return made;
}

limits_actor stand_ins::make_limits(actor_world& world) {
  return world.mock<limits_actor>(
      [](const query_limits&) { return limits::in_force{}; },
      [](const change_limits&) { return limits::in_force{}; },
      [this](const limit_job& m) { rates.push_back(m); },
      [this](const watch_slots& m) { post(m.queue, slots_changed{slots}); }, [](const tick&) {});
}

} // namespace hive::actors
