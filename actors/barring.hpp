#pragma once
/// Whom the hive has barred, as this node passes it on. No actor; used by the cluster's alone.

#include "actors/hive_words.hpp"
#include "actors/links.hpp"

#include <memory>

namespace hive::actors {

class barring {
 public:
  /// `links_of` may be null: then nobody is barred.
  explicit barring(std::shared_ptr<links> links_of) : links_of_(std::move(links_of)) {}

  /// Some of them, others the next time.
  revocation_words some();
  /// What a member says; what is new is kept.
  void hear(const node_id& from, const revocation_words& m);
  /// What the home knows by now; whether that is news.
  bool know(const std::shared_ptr<const trust::revocations>& list);
  bool is_barred(const node_id& who) const;

 private:
  std::shared_ptr<links> links_of_;
  std::shared_ptr<const trust::revocations> barred_; ///< null: not yet looked up
  trust::revocations::key told_;                     ///< the last one passed on
};

} // namespace hive::actors
