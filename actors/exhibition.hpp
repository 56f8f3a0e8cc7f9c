#pragma once
/// Artifacts in other tools' folders, as the catalog has them: their rows and what is seen of them
/// here, the making with the exhibitor. Part of the catalog, on its thread.

#include "actors/protocol.hpp"
#include "core/store/showroom.hpp"

#include <functional>
#include <set>
#include <vector>

namespace hive::actors {

class exhibition {
 public:
  /// `db` must outlive it. Spawns the exhibitor as a child of `self`.
  exhibition(catalog_actor::pointer self, const store::home& where, const store::tool_roots& tools,
             store::database& db);

  /// Given up when `asker` is gone.
  caf::result<artifact_shown> show(store::artifact a, std::vector<view_wish> views,
                                   caf::strong_actor_ptr asker);
  /// Tries views again that were taken out, or could not be made; `then` when that is over.
  void show_again(const store::artifact& a, std::function<void()> then);
  /// Whether a view of it is being made: it may not go meanwhile.
  bool shows(const artifact_id& id) const { return under_way_.contains(id); }

  store::showroom& room() noexcept { return room_; }

 private:
  catalog_actor::pointer self_;
  store::showroom room_;
  exhibitor_actor exhibitor_;
  std::multiset<artifact_id> under_way_;
};

} // namespace hive::actors
