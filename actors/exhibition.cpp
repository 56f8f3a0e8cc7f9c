#include "actors/exhibition.hpp"

#include "actors/exhibitor.hpp"
#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/job/log.hpp"

#include <utility>

namespace hive::actors {
namespace {

constexpr std::chrono::hours show_limit{6}; ///< it may be a copy across file systems

void tell_failures(const artifact_shown& shown) {
  for (const auto& one : shown.views)
    if (one.state == store::view_state::failed)
      log(level::warning, "catalog", "view-not-made", one.view + ": " + sentence(one.why));
}

} // namespace

exhibition::exhibition(catalog_actor::pointer self, const store::home& where,
                       const store::tool_roots& tools, store::database& db)
  : self_(self), room_(where, tools, db), exhibitor_(spawn_exhibitor(self, {where, tools})) {}

caf::result<artifact_shown> exhibition::show(store::artifact a, std::vector<view_wish> views,
                                             caf::strong_actor_ptr asker) {
  auto promise = self_->make_response_promise<artifact_shown>();
  const auto at = under_way_.insert(a.id);
  ask(self_, exhibitor_, show_limit, exhibit{std::move(a), std::move(views), std::move(asker)})
      .then(
          [this, at, promise](artifact_shown& shown) mutable {
            under_way_.erase(at);
            promise.deliver(std::move(shown));
          },
          [this, at, promise](const caf::error& why) mutable {
            under_way_.erase(at);
            promise.deliver(why);
          });
  return promise;
}

void exhibition::show_again(const store::artifact& a, std::function<void()> then) {
  auto wishes = room_.flawed(a);
  if (wishes.empty()) return then();
  const auto at = under_way_.insert(a.id);
  ask(self_, exhibitor_, show_limit, exhibit{a, std::move(wishes), nullptr})
      .then(
          [this, at, then](const artifact_shown& shown) {
            under_way_.erase(at);
            tell_failures(shown);
            then();
          },
          [this, at, then](const caf::error& why) {
            under_way_.erase(at);
            log(level::warning, "catalog", "view-not-made",
                sentence(as_failure(why, "the exhibitor")));
            then();
          });
}

} // namespace hive::actors
