#pragma once
/// The views artifacts have in other tools' folders (tool_view.hpp), kept in hive.db: made when
/// they are wished for, shown with what has become of them, taken away with their artifact. A view
/// that cannot be made is a flaw of the view, never of the artifact. Blocks; one thread.

#include "core/artifact/view_wish.hpp"
#include "core/store/database.hpp"
#include "core/store/home.hpp"
#include "core/store/tool_view.hpp"

#include <string>
#include <vector>

namespace hive::store {

class showroom {
 public:
  /// `db` must outlive it.
  showroom(home where, tool_roots roots, database& db)
    : where_(std::move(where)), roots_(std::move(roots)), db_(db) {}

  /// Makes or completes one view, in steps: see view_making.hpp. `begin`: its row stands, its names
  /// do not. `finish`: makes them, unless `so_far` says that it has failed.
  result<tool_view> begin(const artifact& a, const view_wish& wish);
  view_sight finish(tool_view view, outcome so_far, const std::vector<view_copy>& copies);
  /// The views `a` has, as they are now.
  std::vector<view_sight> seen(const artifact& a);

  /// Before an artifact's row goes; `take_down` when it is gone. What cannot be taken away is
  /// logged.
  result<std::vector<tool_view>> views_of(const artifact_id& id) { return db_.views_of(id); }
  void take_down(const std::vector<tool_view>& gone);

  /// A content is damaged: takes away the names that are its very file.
  outcome take_out(const std::string& sha256);
  /// The views of `a` that were taken out, or could not be made.
  std::vector<view_wish> flawed(const artifact& a);
  /// Takes one view away, for good. errc::not_found.
  outcome remove(const artifact_id& id, const view_wish& wish);

 private:
  result<tool_view> plan(const artifact& a, const view_wish& wish);
  outcome make(tool_view& view, const std::vector<view_copy>& copies);
  view_sight sight_of(const tool_view& view);
  bool moved_on(const tool_view& view, const view_name& text);

  home where_;
  tool_roots roots_;
  database& db_;
};

} // namespace hive::store
