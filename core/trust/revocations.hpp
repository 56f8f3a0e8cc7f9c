#pragma once
/// Who and what the hive trusts no more: a set that only grows, so that any two nodes' sets merge
/// to the same one, in any order and however often. Each is signed by the hive's authority: members
/// pass them on, and none of them can make one.

#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/trust/certificate.hpp"
#include "core/trust/key_pair.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hive::trust {

enum class revoked_thing : std::uint8_t {
  node = 0,        ///< every certificate of this node id, also later ones
  certificate = 1, ///< one, by its serial number
};

struct revocation {
  wall_time at;
  std::string reason;
  std::string signature{}; ///< key_pair::sign; empty until the authority has signed it

  friend auto operator<=>(const revocation&, const revocation&) = default;
};

/// A value.
class revocations {
 public:
  static constexpr std::size_t most = 10'000;
  static constexpr std::size_t longest_reason = 200;

  struct key {
    revoked_thing what{revoked_thing::node};
    std::string id;
    friend auto operator<=>(const key&, const key&) = default;
  };

  /// errc::bad_request for an id that cannot be one, or a reason that is too long or not one
  /// printable line; errc::too_large at `most`. Of two for the same thing the earlier stays.
  outcome add(key what, revocation why);
  outcome add(const node_id& who, revocation why) {
    return add({revoked_thing::node, who.value}, std::move(why));
  }
  /// Signed, as `add` for the rest.
  outcome add(const node_id& who, revocation why, const key_pair& authority);
  /// Those that `authority` has signed.
  revocations signed_by(const certificate& authority) const;
  /// The union. errc::too_large (and nothing is changed) beyond `most`.
  outcome merge(const revocations& other);

  /// Why a certificate of `who` with this serial number is not to be trusted; empty: it is.
  std::optional<revocation> find(const node_id& who, std::string_view serial) const;
  const std::map<key, revocation>& all() const noexcept { return all_; }

  json::value to_json() const;
  /// errc::unreadable_reply.
  static result<revocations> from_json(json::node from);

  friend bool operator==(const revocations&, const revocations&) = default;

 private:
  std::map<key, revocation> all_;
};

} // namespace hive::trust
