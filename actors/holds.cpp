#include "actors/holds.hpp"

#include "core/base/digest.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/partial.hpp"

#include <algorithm>

namespace hive::actors {

bool in_use(const holds& all, const store::artifact& a) {
  return std::ranges::any_of(all, [&](const auto& entry) {
    const hold& held = entry.second;
    return held.artifact == a.id.value || std::ranges::any_of(a.files, [&](const auto& f) {
             return held.blobs.contains(f.sha256);
           });
  });
}

bool counted_on(const holds& all, const std::string& sha256) {
  return std::ranges::any_of(
      all, [&](const auto& entry) { return entry.second.blobs.contains(sha256); });
}

bool awaited(const holds& all, const std::string& key) {
  return std::ranges::any_of(all,
                             [&](const auto& entry) { return entry.second.missing.contains(key); });
}

result<std::string> sha256_of(const std::string& key, store::database& db) {
  const auto known = parse_digest(key);
  if (!known) return std::string{};
  if (known->kind == digest_kind::sha256) return known->hex;
  return db.sha256_of_git(known->hex);
}

result<store::to_come> still_missing(store::to_come contents, const store::home& where,
                                     store::database& db) {
  for (auto& [key, size] : contents) {
    HIVE_TRY(const auto sha256, sha256_of(key, db));
    const bool stands = !sha256.empty() && store::blob_size(where, sha256);
    size = stands ? 0 : store::missing_bytes(where, key, size);
  }
  return contents;
}

result<store::disk_room> room_beside(const caf::strong_actor_ptr& who, const holds& all,
                                     const store::home& where, store::database& db,
                                     std::uint64_t reserve) {
  store::disk_room room{where.root.string(), 0, reserve, {}};
  HIVE_TRY(room.free, store::free_bytes(where));
  for (const auto& [other, held] : all) {
    if (who && other == who->address()) continue;
    HIVE_TRY(auto missing, still_missing(held.missing, where, db));
    room.promised.merge(missing);
  }
  return room;
}

} // namespace hive::actors
