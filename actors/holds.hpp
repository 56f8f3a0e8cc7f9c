#pragma once
/// What the catalog spares: the contents running jobs count on, and the room on the disk that was
/// promised to them.

#include "core/store/database.hpp"
#include "core/store/home.hpp"
#include "core/store/room.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_control_block.hpp>

#include <map>
#include <set>
#include <string>

namespace hive::actors {

/// What a running job counts on until it is gone.
struct hold {
  std::string artifact;
  std::set<std::string> blobs; ///< SHA-256
  store::to_come missing;      ///< whole sizes: how much of them is here changes
};
using holds = std::map<caf::actor_addr, hold>;

/// Whether a running job counts on the artifact or on one of its contents.
bool in_use(const holds& all, const store::artifact& a);
/// Whether one counts on this blob.
bool counted_on(const holds& all, const std::string& sha256);
/// Whether one still misses the content of this key.
bool awaited(const holds& all, const std::string& key);

/// The SHA-256 of a content as far as this node can know it; else empty.
result<std::string> sha256_of(const std::string& key, store::database& db);
/// Of these contents, by key and size, what is not on the disk yet.
result<store::to_come> still_missing(store::to_come contents, const store::home& where,
                                     store::database& db);
/// The disk as it is now, and what of it goes to running jobs other than `who`.
result<store::disk_room> room_beside(const caf::strong_actor_ptr& who, const holds& all,
                                     const store::home& where, store::database& db,
                                     std::uint64_t reserve);

} // namespace hive::actors
