#pragma once
/// The join tokens a hive has given out, and who spent them. Secrets are kept as SHA-256 only:
/// 256 random bits need no slower hash.

#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/trust/token.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hive::trust {

/// Who a node is to the books: the same id with the same key.
struct joiner_id {
  node_id node;
  std::string key; ///< fingerprint_of_key
  friend bool operator==(const joiner_id&, const joiner_id&) = default;
};

struct token_use {
  joiner_id who;
  wall_time at;
  friend bool operator==(const token_use&, const token_use&) = default;
};

enum class token_state : std::uint8_t { open, expired, used_up, revoked };
std::string_view to_string(token_state s) noexcept;

struct token_row {
  std::string id;
  std::string secret_sha256;
  wall_time created;
  wall_time expires;
  std::uint64_t uses{1};
  std::vector<token_use> used;
  bool revoked{false};

  token_state state(wall_time now) const noexcept;
  friend bool operator==(const token_row&, const token_row&) = default;
};

struct token_terms {
  std::chrono::seconds ttl{std::chrono::hours{24}};
  std::uint64_t uses{1};
};

/// A value.
class token_book {
 public:
  static constexpr std::size_t most = 256; ///< rows, dead ones included
  static constexpr std::uint64_t most_uses = 1000;
  static constexpr std::chrono::days longest_ttl{365};
  /// A token that can no longer be used is listed for so long.
  static constexpr std::chrono::days memory{7};

  /// Forgets old rows. errc::bad_request for terms out of bounds, errc::too_large at `most`.
  result<join_token> create(const std::string& authority, const token_terms& terms, wall_time now);
  /// One use for a node that has not spent this token before; none for one that has (its answer got
  /// lost). errc::token_unknown (also for a wrong secret, which takes as long), token_revoked,
  /// token_expired, token_used_up.
  outcome spend(const std::string& id, std::string_view secret, const joiner_id& who,
                wall_time now);
  /// errc::not_found.
  outcome revoke(const std::string& id);

  /// Oldest first.
  const std::vector<token_row>& rows() const noexcept { return rows_; }

  json::value to_json() const;
  /// errc::unreadable_reply.
  static result<token_book> from_json(json::node from);

  friend bool operator==(const token_book&, const token_book&) = default;

 private:
  std::vector<token_row> rows_;
};

} // namespace hive::trust
