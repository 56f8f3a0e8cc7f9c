#include "core/link/wish_file.hpp"

#include "core/base/json.hpp"
#include "core/store/disk_file.hpp"
#include "core/trust/hive_folder.hpp"

#include <algorithm>

namespace hive::link {

namespace {

constexpr std::size_t longest_wishes = 64 << 20;

std::filesystem::path wishes_file(const store::home& where) {
  return trust::hive_files{where}.folder() / "wishes.json";
}

json::object object_of(const cluster::desired_record& record) {
  json::object out;
  out["id"] = record.id;
  out["what"] = record.what;
  out["kind"] = static_cast<unsigned>(record.where.kind);
  out["name"] = record.where.name;
  out["copies"] = record.where.copies;
  out["asked_by"] = record.asked_by;
  out["asked_at"] = record.asked_at.time_since_epoch().count();
  out["version"] = record.version;
  out["writer"] = record.writer.value;
  out["removed"] = record.removed;
  out["written_at"] = record.written_at.time_since_epoch().count();
  return out;
}

wall_time time_in(json::node from) {
  return wall_time{std::chrono::milliseconds{from.integer().value_or(0)}};
}

cluster::desired_record record_in(json::node from) {
  cluster::desired_record out;
  out.id = from["id"].text();
  out.what = from["what"].text();
  const auto kind = std::min<std::uint64_t>(from["kind"].natural().value_or(1), 3);
  out.where.kind = static_cast<cluster::placement_kind>(kind);
  out.where.name = from["name"].text();
  out.where.copies = static_cast<std::uint16_t>(
      std::min<std::uint64_t>(from["copies"].natural().value_or(0), 65535));
  out.asked_by = from["asked_by"].text();
  out.asked_at = time_in(from["asked_at"]);
  out.version = from["version"].natural().value_or(0);
  out.writer.value = from["writer"].text();
  out.removed = from["removed"].boolean().value_or(false);
  out.written_at = time_in(from["written_at"]);
  return out;
}

} // namespace

outcome keep_wishes(const store::home& where, const std::vector<cluster::desired_record>& wishes) {
  json::array all;
  for (const auto& one : wishes) all.push_back(object_of(one));
  HIVE_CHECK(
      store::replace_file(wishes_file(where), json::text(json::object{{"wishes", all}}) + "\n"));
  return store::sync_folder(trust::hive_files{where}.folder());
}

std::vector<cluster::desired_record> last_wishes(const store::home& where) {
  std::vector<cluster::desired_record> out;
  const auto text = store::read_text(wishes_file(where), longest_wishes);
  if (!text) return out;
  const auto read = json::parse(*text);
  if (!read) return out;
  for (const auto& one : read->root()["wishes"].elements()) {
    auto record = record_in(one);
    if (cluster::check(record) && out.size() < cluster::max_records)
      out.push_back(std::move(record));
  }
  return out;
}

} // namespace hive::link
