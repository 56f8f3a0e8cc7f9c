#include "core/trust/verify.hpp"

#include "core/trust/key_pair.hpp"
#include "core/trust/openssl.hpp"

namespace hive::trust {

namespace {

tl::unexpected<chain_refusal> refuse(errc code, int x509_error, std::string detail) {
  return tl::unexpected{chain_refusal{fail(code, std::move(detail)), x509_error}};
}

/// "2026-11-28": for people a day is enough.
std::string day_of(wall_time t) {
  return format_time(t).substr(0, 10);
}

errc code_of(int x509_error) noexcept {
  switch (x509_error) {
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_CERT_SIGNATURE_FAILURE: return errc::foreign_hive;
  default: return errc::certificate_refused;
  }
}

std::string words_of(int x509_error, const certificate& what) {
  switch (x509_error) {
  case X509_V_ERR_CERT_HAS_EXPIRED: return "the certificate expired on " + day_of(what.not_after());
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return "the certificate is not valid before " + day_of(what.not_before()) +
           ": one of the two clocks is wrong";
  default: break;
  }
  if (code_of(x509_error) == errc::foreign_hive)
    return "the certificate was not issued by this hive's authority";
  return std::string{"the certificate is not accepted: "} +
         X509_verify_cert_error_string(x509_error);
}

/// X509_V_OK, or what OpenSSL finds wrong with the chain of `peer` to `anchor`. `purpose` is one of
/// X509_PURPOSE_….
int check_chain(const certificate& peer, const certificate& anchor, int purpose, wall_time now) {
  const openssl::store trusted{X509_STORE_new()};
  const openssl::store_context check{X509_STORE_CTX_new()};
  const bool ready = trusted && check && X509_STORE_add_cert(trusted.get(), anchor.get()) == 1 &&
                     X509_STORE_CTX_init(check.get(), trusted.get(), peer.get(), nullptr) == 1;
  if (!ready) return X509_V_ERR_OUT_OF_MEM;
  auto* const rules = X509_STORE_CTX_get0_param(check.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(
      rules, static_cast<std::time_t>(
                 std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count()));
  if (purpose >= 0) X509_VERIFY_PARAM_set_purpose(rules, purpose);
  const bool good = X509_verify_cert(check.get()) == 1;
  const int error = X509_STORE_CTX_get_error(check.get());
  ERR_clear_error();
  if (good) return X509_V_OK;
  return error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error;
}

} // namespace

verdict<hive_id> verify_authority(const certificate& authority, wall_time now) {
  const auto who = uri_in(authority);
  if (!who || !who->node.empty() || X509_check_ca(authority.get()) != 1)
    return refuse(errc::certificate_refused, X509_V_ERR_INVALID_CA,
                  "the certificate is no hive's authority");
  const int error = check_chain(authority, authority, -1, now);
  if (error != X509_V_OK) return refuse(code_of(error), error, words_of(error, authority));
  return who->hive;
}

verdict<peer_identity> verify_peer(const certificate& peer, const certificate& authority,
                                   const revocations& revoked, peer_role as, wall_time now) {
  const auto hive = verify_authority(authority, now);
  if (!hive) return tl::unexpected{hive.error()};
  const int purpose = as == peer_role::server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
  const int error = check_chain(peer, authority, purpose, now);
  if (error != X509_V_OK) return refuse(code_of(error), error, words_of(error, peer));
  const auto who = uri_in(peer);
  if (!who || who->node.empty() || X509_check_ca(peer.get()) != 0 ||
      !is_usual_key(X509_get0_pubkey(peer.get())))
    return refuse(errc::certificate_refused, X509_V_ERR_CERT_REJECTED,
                  "the certificate names no node");
  if (who->hive != *hive)
    return refuse(errc::foreign_hive, X509_V_ERR_CERT_REJECTED,
                  "the certificate names another hive");
  peer_identity out{who->hive, who->node, peer.serial(), peer.key_fingerprint(), peer.not_after()};
  if (const auto why = revoked.find(out.node, out.serial))
    return refuse(errc::node_revoked, X509_V_ERR_CERT_REVOKED,
                  "the hive revoked node " + out.node.value + " on " + day_of(why->at) +
                      (why->reason.empty() ? "" : ": " + why->reason));
  return out;
}

} // namespace hive::trust
