#pragma once
/// What an origin knows of one path.

#include "tests/support/origin.hpp"

namespace hive::testing {

/// Guarded by the origin's mutex, but `what` and `call`, which never change.
struct origin::route {
  content what;
  hook call; ///< when set, it answers instead
  manners how;
  int requests{0};
  int under_way{0};
  int peak{0};
};

/// A body about to be sent.
struct origin::part {
  std::shared_ptr<route> from;
  manners how;
  std::uint64_t begin{0};
  std::uint64_t end{0};
  bool slow{false};
  std::shared_ptr<void> stay; ///< counted as under way while it lives
};

} // namespace hive::testing
