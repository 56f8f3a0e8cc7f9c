#include "vendors/hub_tree.hpp"

#include "vendors/metadata.hpp"

#include <utility>

namespace hive::vendors {

namespace {

result<hub_file> read_file(const std::string& where, json::node entry) {
  hub_file file;
  HIVE_TRY(file.size, size_field(where, entry, "size"));
  HIVE_TRY(file.blob, hex_field(where, entry, "oid", 40));
  const auto lfs = entry["lfs"];
  if (lfs.is_null()) return file;
  HIVE_TRY(file.size, size_field(where + " (lfs)", lfs, "size"));
  HIVE_TRY(file.sha256, hex_field(where + " (lfs)", lfs, "oid", 64));
  return file;
}

} // namespace

outcome hub_tree::add_page(const net::reply& got) {
  HIVE_TRY(const auto page, read_body(where_, got));
  if (!page.root().is_array()) return unreadable(where_, "it is no list");
  for (const auto entry : page.root().elements()) {
    if (++entries_ > most_entries) return unreadable(where_, "it has more than a million entries");
    HIVE_TRY(const auto type, text_field(where_, entry, "type"));
    if (type != "file") continue;
    HIVE_TRY(auto path, text_field(where_, entry, "path"));
    HIVE_TRY(auto file, read_file(where_ + " at '" + quotable(path) + "'", entry));
    const auto [at, added] = files_.try_emplace(std::move(path), std::move(file));
    if (!added) return unreadable(where_, "it names '" + quotable(at->first) + "' twice");
  }
  return {};
}

std::vector<std::string> hub_tree::paths() const {
  std::vector<std::string> out;
  out.reserve(files_.size());
  for (const auto& [path, file] : files_) out.push_back(path);
  return out;
}

const hub_file* hub_tree::find(const std::string& path) const {
  const auto at = files_.find(path);
  return at == files_.end() ? nullptr : &at->second;
}

} // namespace hive::vendors
