#pragma once
/// When artifacts were last used. Whoever serves bytes notes it in memory, without asking anybody;
/// the catalog takes it over and writes it, at most once a minute per artifact.

#include "core/base/ids.hpp"
#include "core/base/units.hpp"
#include "core/store/database.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace hive::store {

/// What was used since it was last taken over. Any thread. Bounded: beyond `most` names new ones
/// are dropped until then; a last use is a hint for cleaning up, nothing depends on it.
class use_board {
 public:
  static constexpr std::size_t most = 10'000;

  struct noted {
    std::map<artifact_id, wall_time> artifacts;
    std::map<std::string, wall_time> contents; ///< by SHA-256
  };

  void note(const artifact_id& which, wall_time when);
  /// Every artifact that has this content was used.
  void note_content(const std::string& sha256, wall_time when);
  noted take();

 private:
  std::mutex mutex_;
  noted now_;
};

/// The last uses known since the start, and which of them are not written yet. One thread.
class use_book {
 public:
  /// An older time than the one that is known changes nothing.
  void note(const artifact_id& which, wall_time when);
  /// Sets `used` to what is known here when that is later.
  void show_in(artifact& a) const;
  void forget(const artifact_id& which);

  /// What the board has; a content's use is one of every artifact `db` knows to have it.
  void take_over(use_board& from, database& db);
  /// What `db` does not have yet; it stays to be written when that fails.
  outcome write_to(database& db);

 private:
  std::map<artifact_id, wall_time> uses_;
  std::set<artifact_id> unwritten_;
};

} // namespace hive::store
