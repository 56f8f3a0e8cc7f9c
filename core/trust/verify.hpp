#pragma once
/// Whether a peer's certificate lets it into the hive, and who it then is. The one place that
/// decides: handshakes, joins and `hive doctor` all ask here.

#include "core/trust/certificate.hpp"
#include "core/trust/revocations.hpp"

#include <cstdint>

namespace hive::trust {

/// What the owner of a certificate acts as.
enum class peer_role : std::uint8_t { server, client };

struct peer_identity {
  hive_id hive;
  node_id node;
  std::string serial;
  std::string key; ///< fingerprint_of_key
  wall_time not_after{};
};

struct chain_refusal {
  failure why;
  int x509_error{0}; ///< X509_V_ERR_…: OpenSSL makes the alert of it that the peer sees
};

template <class T>
using verdict = tl::expected<T, chain_refusal>;

/// Signed by `authority` itself (an authority of hives signs no others), within its time, for this
/// role, of the authority's hive, not revoked. errc::foreign_hive, errc::certificate_refused,
/// errc::node_revoked.
verdict<peer_identity> verify_peer(const certificate& peer, const certificate& authority,
                                   const revocations& revoked, peer_role as, wall_time now);

/// Whether `authority` may stand for a hive at all, at this time, and for which.
verdict<hive_id> verify_authority(const certificate& authority, wall_time now);

} // namespace hive::trust
