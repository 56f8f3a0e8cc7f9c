#pragma once
/// Artifacts by where they come from: what a reference as typed can mean, without reading the whole
/// catalog each time. Reads hive.db when first asked and is told of every change from then on.

#include "core/artifact/reference.hpp"
#include "core/base/result.hpp"
#include "core/store/database.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace hive::store {

/// What two artifacts have in common that differ in revision and selection only: "hf:org/repo".
std::string source_of(const reference& what);

/// One thread.
class directory {
 public:
  /// `from` must outlive it. Keeps artifacts with up to `most_files` files in memory, all together.
  explicit directory(database& from, std::size_t most_files = 100'000)
    : db_(from), most_files_(most_files) {}

  /// Of this source, newest first.
  result<std::vector<artifact>> of(const reference& what);
  /// Those of them that somebody means who types `what`: its revision is the branch or tag they
  /// were asked by, or the start of theirs; its selector is theirs, or picks files they have.
  result<std::vector<artifact>> meant_by(const reference& what);

  /// It came, or something of it changed.
  void changed(const artifact& a);
  void removed(const artifact& a);

 private:
  outcome read_names();
  void drop(const std::string& source);

  database& db_;
  std::size_t most_files_;
  bool known_{false};                                     ///< `names_` is whole
  std::map<std::string, std::vector<artifact_id>> names_; ///< by source
  std::map<std::string, std::vector<artifact>> at_hand_;  ///< by source
  std::size_t files_{0};                                  ///< of `at_hand_`
};

} // namespace hive::store
