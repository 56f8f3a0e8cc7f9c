#include "actors/newest.hpp"

#include "actors/catalog.hpp"
#include "actors/spelling.hpp"

namespace hive::actors {
namespace {

constexpr std::chrono::minutes vendor_limit{1};

/// What leads to the newest revision of the branch or tag `a` was asked by: to all its files.
reference moving_reference(const store::artifact& a) {
  auto what = a.what;
  what.revision = a.requested;
  what.selector.clear();
  return what;
}

} // namespace

void ask_newest(gateway_actor::pointer self, const house& now, const artifact_id& id,
                const std::shared_ptr<promised_reply<update_check>>& reply) {
  const auto unknown = [reply](const caf::error& why) {
    reply->give(unanswered<query_artifact>(why, "the catalog", catalog_limit));
  };
  const auto refused = [reply](const caf::error& why) {
    reply->give(unanswered<resolve_reference>(why, "the vendor", vendor_limit));
  };
  const auto found = [self, reply, refused, desk = now.desk](const store::artifact& a) {
    if (a.requested.empty()) return reply->give(update_check{a, a.revision});
    ask(self, desk, vendor_limit, resolve_reference{{}, moving_reference(a), {}, {}})
        .then(
            [reply, a](const plan_resolved& now_there) {
              reply->give(update_check{a, now_there.plan.revision});
            },
            refused);
  };
  ask(self, now.catalog, catalog_limit, query_artifact{id}).then(found, unknown);
}

} // namespace hive::actors
