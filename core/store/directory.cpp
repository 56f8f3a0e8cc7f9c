#include "core/store/directory.hpp"

#include "core/artifact/selection.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace hive::store {

namespace {

std::size_t files_of(const std::vector<artifact>& all) {
  std::size_t sum = 0;
  for (const auto& a : all) sum += a.files.size();
  return sum;
}

bool is_meant(const reference& asked, const artifact& a) {
  const auto& revision = asked.revision;
  if (!revision.empty() && revision != a.requested && revision != a.what.revision &&
      !a.revision.starts_with(revision))
    return false;
  if (asked.selector.empty() || asked.selector == a.what.selector) return true;
  std::vector<std::string> paths;
  for (const auto& file : a.files) paths.push_back(file.path);
  return choose_files(paths, file_wish{asked.selector, {}, {}}).has_value();
}

} // namespace

std::string source_of(const reference& what) {
  reference bare;
  bare.from = what.from;
  bare.kind = what.kind;
  bare.host = what.host;
  bare.name = what.name;
  return to_string(bare);
}

outcome directory::read_names() {
  if (known_) return {};
  HIVE_TRY(const auto all, db_.artifact_names());
  names_.clear();
  for (const auto& one : all) names_[source_of(one.what)].push_back(one.id);
  known_ = true;
  return {};
}

result<std::vector<artifact>> directory::of(const reference& what) {
  HIVE_CHECK(read_names());
  const auto source = source_of(what);
  if (const auto known = at_hand_.find(source); known != at_hand_.end()) return known->second;
  std::vector<artifact> found;
  const auto named = names_.find(source);
  if (named == names_.end()) return found;
  for (const auto& id : named->second) {
    HIVE_TRY(auto one, db_.get_artifact(id));
    if (one) found.push_back(std::move(*one));
  }
  std::ranges::stable_sort(found, std::greater{}, &artifact::created);
  const auto files = files_of(found);
  if (files > most_files_) return found;
  if (files_ + files > most_files_) {
    at_hand_.clear();
    files_ = 0;
  }
  files_ += files;
  at_hand_.emplace(source, found);
  return found;
}

result<std::vector<artifact>> directory::meant_by(const reference& what) {
  HIVE_TRY(auto all, of(what));
  std::erase_if(all, [&](const artifact& a) { return !is_meant(what, a); });
  return all;
}

void directory::drop(const std::string& source) {
  const auto known = at_hand_.find(source);
  if (known == at_hand_.end()) return;
  files_ -= files_of(known->second);
  at_hand_.erase(known);
}

void directory::changed(const artifact& a) {
  const auto source = source_of(a.what);
  drop(source);
  if (!known_) return;
  auto& names = names_[source];
  if (std::ranges::find(names, a.id) == names.end()) names.push_back(a.id);
}

void directory::removed(const artifact& a) {
  const auto source = source_of(a.what);
  drop(source);
  const auto named = names_.find(source);
  if (named == names_.end()) return;
  std::erase(named->second, a.id);
  if (named->second.empty()) names_.erase(named);
}

} // namespace hive::store
