/// The views of artifacts in other tools' folders: their part of hive.db.
#include "core/store/database.hpp"
#include "core/store/sql.hpp"
#include "core/store/stored_json.hpp"
#include "core/store/tool_view.hpp"

namespace hive::store {

namespace {

result<std::vector<tool_view>> read_views(query rows) {
  std::vector<tool_view> found;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return found;
    tool_view one{artifact_id{rows.text(0)}, rows.text(1), rows.text(2), {}};
    HIVE_CHECK(read_view_body(rows.text(3), one));
    found.push_back(std::move(one));
  }
}

} // namespace

std::string_view to_string(view_state s) noexcept {
  switch (s) {
  case view_state::stands: return "ok";
  case view_state::changed: return "changed";
  case view_state::gone: return "gone";
  case view_state::failed: return "failed";
  }
  return "failed";
}

outcome database::put_view(const tool_view& view) {
  HIVE_TRY(auto put, sql_->prepare("INSERT INTO views(artifact, view, root, body)"
                                   " SELECT id, ?, ?, ? FROM artifacts WHERE id = ?"
                                   " ON CONFLICT DO UPDATE SET body = excluded.body"));
  put.bind(view.view).bind(view.root.string()).bind(view_body(view)).bind(view.of.value);
  return put.run();
}

outcome database::remove_view(const artifact_id& id, const std::string& view) {
  HIVE_TRY(auto gone, sql_->prepare("DELETE FROM views WHERE artifact = ? AND view = ?"));
  gone.bind(id.value).bind(view);
  return gone.run();
}

result<std::vector<tool_view>> database::views_of(const artifact_id& id) {
  HIVE_TRY(auto rows, sql_->prepare("SELECT artifact, view, root, body FROM views"
                                    " WHERE artifact = ? ORDER BY view, root"));
  rows.bind(id.value);
  return read_views(std::move(rows));
}

result<std::vector<tool_view>> database::all_views() {
  HIVE_TRY(auto rows, sql_->prepare("SELECT artifact, view, root, body FROM views"
                                    " ORDER BY artifact, view, root"));
  return read_views(std::move(rows));
}

} // namespace hive::store
