#pragma once
/// The TLS between nodes of one hive: mutual, 1.3, nothing below. For whoever opens such
/// connections: the peer port and its clients, libcurl (CURLOPT_SSL_CTX_FUNCTION) and Boost.Asio
/// (ssl::context::native_handle).

#include "core/trust/verify.hpp"

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

namespace hive::trust {

/// Files in PEM. Read anew for every context, so that a renewed certificate needs no restart.
struct peer_tls {
  std::filesystem::path certificate; ///< the node's, then the authority's
  std::filesystem::path key;         ///< 0600, not encrypted
  std::filesystem::path authority;   ///< the only one trusted
};

/// Whom this node lets in: the hive's authority and what was revoked. Thread-safe.
class peer_trust {
 public:
  /// For `authority` as verify_authority takes it.
  peer_trust(certificate authority, revocations revoked)
    : authority_(std::move(authority)), revoked_(std::move(revoked)) {}

  const certificate& authority() const noexcept { return authority_; }
  verdict<peer_identity> verify(const certificate& peer, peer_role as, wall_time now) const;
  /// Handshakes from now on know of them; errc::too_large as revocations::merge.
  outcome learn(const revocations& more);
  revocations revoked() const;

 private:
  const certificate authority_;
  mutable std::mutex mutex_;
  revocations revoked_;
};

/// Whether a connection without a certificate is let in, to join.
enum class certificate_rule : bool { demanded = false, welcome = true };

/// Sets `context` up: 1.3 only, our certificate and key, no tickets and no resumption (each
/// handshake looks at the revocations again), the peer verified by `trust`, 16 KiB at most of its
/// certificates. errc::bad_config names the file that cannot be used.
outcome use(SSL_CTX* context, const peer_tls& files, std::shared_ptr<const peer_trust> trust,
            certificate_rule rule = certificate_rule::demanded);
/// The same for a side that has no certificate yet and knows the authority by its fingerprint only:
/// what the peer shows must hold that authority.
outcome use(SSL_CTX* context, std::string authority_fingerprint);

/// What a client asks for in the handshake (ALPN); another answer, or none, ends it.
outcome offer(SSL_CTX* context, std::string_view protocol);
/// `context` for a client that shows a member's certificate.
result<std::shared_ptr<SSL_CTX>> client_context(const peer_tls& files,
                                                std::shared_ptr<const peer_trust> trust,
                                                std::string_view protocol);

/// Who is at the other end; empty without a certificate. After the handshake.
std::optional<peer_identity> peer_of(const SSL* connection);
/// The authority the other end was verified by; empty before that.
std::optional<certificate> authority_of(const SSL* connection);
/// Why our side refused the other's certificate; null when it did not.
const failure* refusal_of(const SSL* connection);
/// What an error of a handshake or a read means; `other` names the other end. Takes this thread's
/// OpenSSL errors.
failure handshake_failure(const SSL* connection, int result, const std::string& other);

} // namespace hive::trust
