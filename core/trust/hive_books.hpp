#pragma once
/// The files in which a home keeps what its hive decided: tokens, nodes, revocations. Each change
/// is read, made and written under one lock (node/hive-lock), so that commands and a running node
/// may work on the same home; it is durable when the call returns. Any thread, any process.

#include "core/store/home.hpp"
#include "core/trust/admission.hpp"

#include <functional>

namespace hive::trust {

class hive_books {
 public:
  explicit hive_books(store::home home) : home_(std::move(home)) {}

  /// A file that is not there is an empty book; errc::bad_config names one that cannot be read.
  result<token_book> tokens() const;
  result<node_register> nodes() const;
  result<revocations> revoked() const;

  // What `change` refuses is not written. errc::home_locked when another process holds the lock
  // for more than 2 s.
  outcome change_tokens(const std::function<outcome(token_book&)>& change);
  outcome change_revoked(const std::function<outcome(revocations&)>& change);
  /// All three, for one admission.
  outcome change_all(const std::function<outcome(admission_books&)>& change);

 private:
  store::home home_;
};

} // namespace hive::trust
