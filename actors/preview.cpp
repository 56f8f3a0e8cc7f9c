#include "actors/preview.hpp"

#include "actors/catalog.hpp"
#include "actors/spelling.hpp"

namespace hive::actors {
namespace {

using preview_reply = std::shared_ptr<promised_reply<preview>>;

/// Somebody sits before a form and waits.
constexpr std::chrono::seconds form_limit{20};

std::vector<quant_choice> choices_of(const download_plan& plan) {
  std::vector<std::string> paths;
  for (const auto& file : plan.files) paths.push_back(file.path);
  return quant_choices(paths);
}

void look_for_it(gateway_actor::pointer self, const catalog_actor& catalog, preview seen,
                 const preview_reply& reply) {
  const artifact_id id{artifact_key(seen.plan)};
  const auto found = [reply, seen](const store::artifact& a) mutable {
    if (a.damaged.empty()) seen.here = a.id;
    reply->give(std::move(seen));
  };
  const auto absent = [reply, seen](const caf::error& why) mutable {
    if (why == errc::not_found) return reply->give(std::move(seen));
    reply->give(unanswered<query_artifact>(why, "the catalog", catalog_limit));
  };
  ask(self, catalog, catalog_limit, query_artifact{id}).then(found, absent);
}

void measure(gateway_actor::pointer self, const catalog_actor& catalog, preview seen,
             const preview_reply& reply) {
  measure_room question{{contents_of(seen.plan)}};
  const auto measured = [self, catalog, reply, seen](const room_measured& room) mutable {
    seen.lacks = room.lacks.front();
    seen.to_come = room.to_come.front();
    look_for_it(self, catalog, std::move(seen), reply);
  };
  const auto unmeasured = [reply](const caf::error& why) {
    reply->give(unanswered<measure_room>(why, "the catalog", catalog_limit));
  };
  ask(self, catalog, catalog_limit, std::move(question)).then(measured, unmeasured);
}

} // namespace

void ask_preview(gateway_actor::pointer self, const house& now, resolve_reference what,
                 const std::shared_ptr<promised_reply<preview>>& reply) {
  const auto resolved = [self, reply, catalog = now.catalog](const plan_resolved& m) {
    preview seen;
    seen.choices = choices_of(m.plan);
    seen.plan = m.plan;
    measure(self, catalog, std::move(seen), reply);
  };
  const auto refused = [reply](const caf::error& why) {
    reply->give(unanswered<resolve_reference>(why, "the vendor", form_limit));
  };
  ask(self, now.desk, form_limit, std::move(what)).then(resolved, refused);
}

} // namespace hive::actors
