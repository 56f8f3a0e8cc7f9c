#pragma once
/// Which nodes a hive has let in, by the one that holds its authority: a node id belongs to the key
/// that first joined with it.

#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/trust/token_book.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace hive::trust {

struct node_row {
  std::string key; ///< fingerprint_of_key
  std::string name;
  std::string serial; ///< of the newest certificate
  wall_time joined;
  wall_time not_after; ///< of the newest certificate

  friend bool operator==(const node_row&, const node_row&) = default;
};

/// A value.
class node_register {
 public:
  static constexpr std::size_t most = 10'000;
  static constexpr std::size_t longest_name = 64;

  /// errc::node_taken when the id belongs to another key; errc::too_large at `most`.
  outcome check(const joiner_id& who) const;
  /// After `check`.
  void enter(const node_id& who, node_row row);

  const std::map<node_id, node_row>& rows() const noexcept { return rows_; }

  json::value to_json() const;
  /// errc::unreadable_reply.
  static result<node_register> from_json(json::node from);

  friend bool operator==(const node_register&, const node_register&) = default;

 private:
  std::map<node_id, node_row> rows_;
};

} // namespace hive::trust
