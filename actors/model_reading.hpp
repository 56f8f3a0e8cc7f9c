#pragma once
/// Looking into the models of artifacts nobody has looked into: those of before, one at a time.
/// Reads blobs; changes hive.db.

#include "core/store/database.hpp"
#include "core/store/home.hpp"

#include <optional>
#include <vector>

namespace hive::actors {

class model_reading {
 public:
  /// `db` must outlive it.
  model_reading(const store::home& where, store::database& db);

  bool done() const noexcept { return left_.empty(); }
  /// The next one, with its model; empty when it is gone or not whole: that one is looked at when
  /// it is mended.
  std::optional<store::artifact> next();
  /// Fills `a.model` and keeps it.
  void look_into(store::artifact& a);

 private:
  const store::home& where_;
  store::database& db_;
  std::vector<artifact_id> left_; ///< the next one last
};

} // namespace hive::actors
