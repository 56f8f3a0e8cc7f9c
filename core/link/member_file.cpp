#include "core/link/member_file.hpp"

#include "core/link/row_text.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/file_bytes.hpp"
#include "core/trust/hive_folder.hpp"

namespace hive::link {

namespace {

constexpr std::size_t longest_known = 16 << 20;

std::filesystem::path known_file(const store::home& where) {
  return trust::hive_files{where}.folder() / "known.json";
}

} // namespace

outcome keep_members(const store::home& where, const std::vector<cluster::row_ptr>& known) {
  HIVE_TRY(const auto hive, trust::hive_folder::open(where));
  json::array rows;
  std::vector<std::string> addresses;
  for (const auto& one : known) {
    rows.push_back(to_json(*one));
    if (one->id() != hive.node() && !one->who->addresses.empty())
      addresses.push_back(one->who->addresses.front());
  }
  HIVE_CHECK(
      store::replace_file(known_file(where), json::text(json::object{{"known", rows}}) + "\n"));
  HIVE_CHECK(hive.remember(std::move(addresses)));
  return store::sync_folder(trust::hive_files{where}.folder());
}

std::vector<cluster::row_ptr> last_members(const store::home& where) {
  std::vector<cluster::row_ptr> out;
  const auto text = store::read_text(known_file(where), longest_known);
  if (!text) return out;
  const auto read = json::parse(*text);
  if (!read) return out;
  for (const auto& one : read->root()["known"].elements())
    if (auto row = row_from(one); row && out.size() < cluster::max_members) out.push_back(*row);
  return out;
}

} // namespace hive::link
