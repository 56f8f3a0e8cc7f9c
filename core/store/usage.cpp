#include "core/store/usage.hpp"

#include <algorithm>
#include <utility>

namespace hive::store {

namespace {

template <class Key>
void keep_newest(std::map<Key, wall_time>& uses, const Key& which, wall_time when) {
  if (uses.size() >= use_board::most && !uses.contains(which)) return;
  auto& known = uses[which];
  known = std::max(known, when);
}

} // namespace

void use_board::note(const artifact_id& which, wall_time when) {
  const std::lock_guard hold{mutex_};
  keep_newest(now_.artifacts, which, when);
}

void use_board::note_content(const std::string& sha256, wall_time when) {
  const std::lock_guard hold{mutex_};
  keep_newest(now_.contents, sha256, when);
}

use_board::noted use_board::take() {
  const std::lock_guard hold{mutex_};
  return std::exchange(now_, {});
}

void use_book::note(const artifact_id& which, wall_time when) {
  auto& known = uses_[which];
  if (when <= known) return;
  known = when;
  unwritten_.insert(which);
}

void use_book::show_in(artifact& a) const {
  const auto known = uses_.find(a.id);
  if (known != uses_.end() && (!a.used || *a.used < known->second)) a.used = known->second;
}

void use_book::forget(const artifact_id& which) {
  uses_.erase(which);
  unwritten_.erase(which);
}

void use_book::take_over(use_board& from, database& db) {
  const auto noted = from.take();
  for (const auto& [id, when] : noted.artifacts) note(id, when);
  for (const auto& [sha256, when] : noted.contents)
    if (const auto holders = db.holders(sha256))
      for (const auto& id : *holders) note(id, when);
}

outcome use_book::write_to(database& db) {
  if (unwritten_.empty()) return {};
  std::map<artifact_id, wall_time> due;
  for (const auto& id : unwritten_) due.emplace(id, uses_.at(id));
  HIVE_CHECK(db.put_uses(due));
  unwritten_.clear();
  return {};
}

} // namespace hive::store
