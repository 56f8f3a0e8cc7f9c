/// The catalog's part of hive.db.
#include "core/store/database.hpp"
#include "core/store/sql.hpp"
#include "core/store/stored_json.hpp"

#include <charconv>

namespace hive::store {

namespace {

#define HIVE_ARTIFACT_COLUMNS "id, ref, revision, requested, created, verified, used, pinned, model"

/// Cursor of the artifact list: "<created in ms>-<id>", good also after that artifact is removed.
struct position {
  std::int64_t created{INT64_MAX};
  std::string id;
};

std::string print(const artifact& last) {
  return std::to_string(last.created.time_since_epoch().count()) + "-" + last.id.value;
}

result<position> parse_position(const std::string& cursor) {
  position at;
  if (cursor.empty()) return at;
  const auto* end = cursor.data() + cursor.size();
  const auto [rest, error] = std::from_chars(cursor.data(), end, at.created);
  if (error != std::errc{} || rest == end || *rest != '-')
    return fail(errc::bad_request, "not a cursor of this list: " + cursor);
  at.id.assign(rest + 1, end);
  return at;
}

result<std::vector<artifact_file>> read_files(sql& where, const artifact_id& id) {
  HIVE_TRY(auto rows, where.prepare("SELECT path, sha256, size, git_sha1, first_sight FROM files"
                                    " WHERE artifact = ? ORDER BY position"));
  rows.bind(id.value);
  std::vector<artifact_file> files;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return files;
    files.push_back(
        {rows.text(0), rows.text(1), rows.natural(2), rows.text(3), rows.integer(4) != 0});
  }
}

result<reference> read_reference(const artifact_id& id, const std::string& text) {
  auto what = parse_reference(text);
  if (!what)
    return damaged_database("hive.db",
                            "artifact " + id.value + " is unreadable: " + what.why().detail);
  return std::move(*what);
}

result<artifact> read_artifact(sql& where, const query& row) {
  artifact a;
  a.id.value = row.text(0);
  HIVE_TRY(a.what, read_reference(a.id, row.text(1)));
  a.revision = row.text(2);
  a.requested = row.text(3);
  a.created = wall_time{std::chrono::milliseconds{row.integer(4)}};
  a.verified = wall_time{std::chrono::milliseconds{row.integer(5)}};
  if (!row.null(6)) a.used = wall_time{std::chrono::milliseconds{row.integer(6)}};
  a.pinned = row.integer(7) != 0;
  if (!row.null(8)) a.model = read_model_body(row.text(8));
  HIVE_TRY(a.files, read_files(where, a.id));
  return a;
}

result<std::vector<artifact>> read_artifacts(sql& where, query rows) {
  std::vector<artifact> found;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return found;
    HIVE_TRY(auto a, read_artifact(where, rows));
    found.push_back(std::move(a));
  }
}

result<std::optional<artifact>> first_artifact(sql& where, query rows) {
  HIVE_TRY(const bool row, rows.step());
  if (!row) return std::optional<artifact>{};
  HIVE_TRY(auto a, read_artifact(where, rows));
  return std::optional{std::move(a)};
}

outcome put_files(sql& where, const artifact& a) {
  {
    HIVE_TRY(auto clear, where.prepare("DELETE FROM files WHERE artifact = ?"));
    HIVE_CHECK(clear.bind(a.id.value).run());
  }
  std::int64_t position = 0;
  for (const auto& file : a.files) {
    HIVE_TRY(auto put, where.prepare("INSERT INTO files(artifact, position, path, sha256, size,"
                                     " git_sha1, first_sight)"
                                     " VALUES(?, ?, ?, ?, ?, ?, ?)"));
    put.bind(a.id.value).bind(position++).bind(file.path).bind(file.sha256).bind(file.size);
    HIVE_CHECK(put.bind(file.git_sha1).bind(std::int64_t{file.first_sight}).run());
  }
  return {};
}

} // namespace

outcome database::put_artifact(const artifact& a, const std::string& wish) {
  HIVE_TRY(auto all, transaction::begin(*sql_));
  {
    HIVE_TRY(auto put,
             sql_->prepare("INSERT INTO artifacts(id, ref, revision, requested, created, verified,"
                           " model) VALUES(?, ?, ?, ?, ?, ?, ?)"
                           " ON CONFLICT(id) DO UPDATE SET ref = excluded.ref,"
                           " revision = excluded.revision, requested = excluded.requested,"
                           " created = excluded.created, verified = excluded.verified,"
                           " model = coalesce(excluded.model, model)"));
    put.bind(a.id.value).bind(to_string(a.what)).bind(a.revision).bind(a.requested);
    put.bind(std::int64_t{a.created.time_since_epoch().count()});
    put.bind(std::int64_t{a.verified.time_since_epoch().count()});
    a.model ? put.bind(model_body(*a.model)) : put.bind(std::optional<std::int64_t>{});
    HIVE_CHECK(put.run());
  }
  HIVE_CHECK(put_files(*sql_, a));
  if (!wish.empty()) {
    HIVE_TRY(auto put,
             sql_->prepare("INSERT INTO wishes(wish, artifact) VALUES(?, ?)"
                           " ON CONFLICT(wish) DO UPDATE SET artifact = excluded.artifact"));
    HIVE_CHECK(put.bind(wish).bind(a.id.value).run());
  }
  return all.commit();
}

result<std::optional<artifact>> database::artifact_for_wish(const std::string& wish) {
  HIVE_TRY(auto asked, sql_->prepare("SELECT " HIVE_ARTIFACT_COLUMNS " FROM artifacts WHERE id ="
                                     " (SELECT artifact FROM wishes WHERE wish = ?)"));
  asked.bind(wish);
  return first_artifact(*sql_, std::move(asked));
}

result<std::optional<artifact>> database::get_artifact(const artifact_id& id) {
  HIVE_TRY(auto asked,
           sql_->prepare("SELECT " HIVE_ARTIFACT_COLUMNS " FROM artifacts WHERE id = ?"));
  asked.bind(id.value);
  return first_artifact(*sql_, std::move(asked));
}

result<page<artifact>> database::artifacts(std::size_t limit, const std::string& cursor) {
  if (limit == 0) return page<artifact>{};
  HIVE_TRY(const auto from, parse_position(cursor));
  HIVE_TRY(auto asked, sql_->prepare("SELECT " HIVE_ARTIFACT_COLUMNS " FROM artifacts"
                                     " WHERE (created, id) < (?, ?)"
                                     " ORDER BY created DESC, id DESC LIMIT ?"));
  asked.bind(from.created).bind(from.id).bind(std::uint64_t{limit + 1});
  HIVE_TRY(auto found, read_artifacts(*sql_, std::move(asked)));
  page<artifact> one{std::move(found), {}};
  if (one.items.size() > limit) {
    one.items.pop_back();
    one.next = print(one.items.back());
  }
  return one;
}

result<std::vector<artifact>> database::all_artifacts() {
  HIVE_TRY(auto asked, sql_->prepare("SELECT " HIVE_ARTIFACT_COLUMNS " FROM artifacts"
                                     " ORDER BY created DESC, id DESC"));
  return read_artifacts(*sql_, std::move(asked));
}

result<std::vector<artifact_name>> database::artifact_names() {
  HIVE_TRY(auto rows,
           sql_->prepare("SELECT id, ref, revision FROM artifacts ORDER BY created DESC, id DESC"));
  std::vector<artifact_name> found;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return found;
    artifact_id id{rows.text(0)};
    HIVE_TRY(auto what, read_reference(id, rows.text(1)));
    found.push_back({std::move(id), std::move(what), rows.text(2)});
  }
}

result<std::set<artifact_id>> database::wished_artifacts() {
  HIVE_TRY(auto rows, sql_->prepare("SELECT DISTINCT artifact FROM wishes"));
  std::set<artifact_id> found;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return found;
    found.insert(artifact_id{rows.text(0)});
  }
}

result<std::vector<artifact_id>> database::holders(const std::string& sha256) {
  HIVE_TRY(auto rows, sql_->prepare("SELECT DISTINCT artifact FROM files WHERE sha256 = ?"));
  rows.bind(sha256);
  std::vector<artifact_id> found;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return found;
    found.push_back(artifact_id{rows.text(0)});
  }
}

result<std::vector<artifact_id>> database::artifacts_without_model() {
  HIVE_TRY(auto rows, sql_->prepare("SELECT id FROM artifacts WHERE model IS NULL"
                                    " ORDER BY created DESC, id DESC"));
  std::vector<artifact_id> found;
  while (true) {
    HIVE_TRY(const bool row, rows.step());
    if (!row) return found;
    found.push_back(artifact_id{rows.text(0)});
  }
}

outcome database::put_model(const artifact_id& id, const model::facts& what) {
  HIVE_TRY(auto put, sql_->prepare("UPDATE artifacts SET model = ? WHERE id = ?"));
  return put.bind(model_body(what)).bind(id.value).run();
}

outcome database::pin_artifact(const artifact_id& id, bool pinned) {
  HIVE_TRY(auto put, sql_->prepare("UPDATE artifacts SET pinned = ? WHERE id = ? RETURNING id"));
  HIVE_TRY(const bool row, put.bind(std::int64_t{pinned}).bind(id.value).step());
  if (!row) return fail(errc::not_found, "no artifact " + id.value);
  return put.run();
}

outcome database::put_uses(const std::map<artifact_id, wall_time>& uses) {
  HIVE_TRY(auto all, transaction::begin(*sql_));
  for (const auto& [id, when] : uses) {
    HIVE_TRY(auto put, sql_->prepare("UPDATE artifacts SET used = ? WHERE id = ?"));
    HIVE_CHECK(put.bind(std::int64_t{when.time_since_epoch().count()}).bind(id.value).run());
  }
  return all.commit();
}

result<std::vector<std::string>> database::remove_artifact(const artifact_id& id) {
  HIVE_TRY(auto all, transaction::begin(*sql_));
  std::vector<std::string> alone;
  {
    HIVE_TRY(auto rows, sql_->prepare("SELECT DISTINCT sha256 FROM files AS mine WHERE artifact = ?"
                                      " AND NOT EXISTS (SELECT 1 FROM files AS other WHERE"
                                      " other.sha256 = mine.sha256 AND other.artifact <> ?)"));
    rows.bind(id.value).bind(id.value);
    while (true) {
      HIVE_TRY(const bool row, rows.step());
      if (!row) break;
      alone.push_back(rows.text(0));
    }
  }
  {
    HIVE_TRY(auto gone, sql_->prepare("DELETE FROM artifacts WHERE id = ? RETURNING id"));
    HIVE_TRY(const bool row, gone.bind(id.value).step());
    if (!row) return fail(errc::not_found, "no artifact " + id.value);
    HIVE_CHECK(gone.run());
  }
  HIVE_CHECK(all.commit());
  return alone;
}

result<std::string> database::sha256_of_git(const std::string& git_sha1) {
  HIVE_TRY(auto asked, sql_->prepare("SELECT sha256 FROM files WHERE git_sha1 = ?"
                                     " AND git_sha1 <> '' LIMIT 1"));
  HIVE_TRY(const bool row, asked.bind(git_sha1).step());
  return row ? asked.text(0) : std::string{};
}

} // namespace hive::store
