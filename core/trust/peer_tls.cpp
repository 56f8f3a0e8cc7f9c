#include "core/trust/peer_tls.hpp"

#include "core/trust/key_pair.hpp"
#include "core/trust/openssl.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hive::trust {

namespace {

constexpr long longest_certificates = 16 << 10;

/// How a context decides; with `trust` empty the authority is found by its fingerprint.
struct policy {
  std::shared_ptr<const peer_trust> trust;
  std::string fingerprint;
};

/// What was decided about a connection.
struct decision {
  std::optional<peer_identity> peer;
  std::optional<certificate> authority;
  std::optional<failure> refusal;
};

template <class T>
void free_slot(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) noexcept {
  const std::unique_ptr<T> ends{static_cast<T*>(held)};
}

int policy_slot() noexcept {
  static const int slot =
      SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_slot<policy>);
  return slot;
}
int decision_slot() noexcept {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_slot<decision>);
  return slot;
}

const decision* decision_on(const SSL* connection) noexcept {
  return static_cast<const decision*>(SSL_get_ex_data(connection, decision_slot()));
}

/// Of the certificates a peer showed, the one with this fingerprint.
std::optional<certificate> find_authority(X509_STORE_CTX* shown, const std::string& fingerprint) {
  auto* const all = X509_STORE_CTX_get0_untrusted(shown);
  for (int i = 0; i < sk_X509_num(all); ++i) {
    auto one = certificate::share(sk_X509_value(all, i));
    if (one.fingerprint() == fingerprint) return one;
  }
  return std::nullopt;
}

verdict<peer_identity> judge(X509_STORE_CTX* shown, const policy& rules, peer_role as,
                             decision& made) {
  const auto leaf = certificate::share(X509_STORE_CTX_get0_cert(shown));
  if (rules.trust) {
    made.authority = rules.trust->authority();
    return rules.trust->verify(leaf, as, wall_now());
  }
  auto authority = find_authority(shown, rules.fingerprint);
  if (!authority)
    return tl::unexpected{chain_refusal{
        fail(errc::foreign_hive,
             "it does not show the authority whose fingerprint begins with " +
                 rules.fingerprint.substr(0, 16),
             "check the address, and that the token is of that hive; the token's secret was not "
             "sent"),
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY}};
  auto seen = verify_peer(leaf, *authority, {}, as, wall_now());
  if (seen) made.authority = std::move(authority);
  return seen;
}

/// Stands in for OpenSSL's own verification of the peer's chain.
int decide(X509_STORE_CTX* shown, void* with) noexcept {
  try {
    auto* const connection =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(shown, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto made = std::make_unique<decision>();
    const auto as = SSL_is_server(connection) == 1 ? peer_role::client : peer_role::server;
    auto seen = judge(shown, *static_cast<const policy*>(with), as, *made);
    if (seen)
      made->peer = std::move(*seen);
    else
      made->refusal = seen.error().why;
    X509_STORE_CTX_set_error(shown, seen ? X509_V_OK : seen.error().x509_error);
    free_slot<decision>(nullptr, SSL_get_ex_data(connection, decision_slot()), nullptr, 0, 0,
                        nullptr);
    SSL_set_ex_data(connection, decision_slot(), made.release());
    return seen ? 1 : 0;
  } catch (...) {
    X509_STORE_CTX_set_error(shown, X509_V_ERR_OUT_OF_MEM);
    return 0;
  }
}

outcome set_rules(SSL_CTX* context, policy rules, bool demanded) {
  auto held = std::make_unique<policy>(std::move(rules));
  const bool set = SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
                   SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
                   SSL_CTX_set_num_tickets(context, 0) == 1 &&
                   SSL_CTX_set_ex_data(context, policy_slot(), held.get()) == 1;
  if (!set) return openssl::refused_to("prepare TLS");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_cert_list(context, longest_certificates);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (demanded ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
  SSL_CTX_set_cert_verify_callback(context, &decide, held.release());
  return {};
}

/// An alert of the other side is the reason it gives.
failure alert_failure(int reason, const std::string& other) {
  switch (reason) {
  case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    return fail(errc::certificate_refused, other + " says that our certificate has expired");
  case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    return fail(errc::node_revoked, other + " says that the hive has revoked this node");
  case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    return fail(errc::foreign_hive, other + " does not know our hive's authority");
  case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
  case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
  case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    return fail(errc::certificate_refused, other + " does not accept our certificate");
  case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    return fail(errc::certificate_refused, other + " asks for a certificate of its hive");
  case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_R_WRONG_SSL_VERSION:
    return fail(errc::tls_failed, other + " does not speak TLS 1.3",
                "check that this is the --peer-listen address of a node");
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_HTTP_REQUEST:
    return fail(errc::tls_failed, other + " does not speak TLS",
                "check that this is the --peer-listen address of a node, not its --listen one");
  case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
  case SSL_R_NO_APPLICATION_PROTOCOL:
    return fail(errc::tls_failed, other + " speaks TLS, but is no peer of this kind",
                "check that this is the --peer-listen address of a node");
  default: return fail(errc::tls_failed, "no TLS with " + other + ": " + openssl::complaint());
  }
}

} // namespace

verdict<peer_identity> peer_trust::verify(const certificate& peer, peer_role as,
                                          wall_time now) const {
  const std::lock_guard hold{mutex_};
  return verify_peer(peer, authority_, revoked_, as, now);
}

outcome peer_trust::learn(const revocations& more) {
  const std::lock_guard hold{mutex_};
  return revoked_.merge(more);
}

revocations peer_trust::revoked() const {
  const std::lock_guard hold{mutex_};
  return revoked_;
}

outcome use(SSL_CTX* context, const peer_tls& files, std::shared_ptr<const peer_trust> trust,
            certificate_rule rule) {
  const auto unusable = [](const std::filesystem::path& file) {
    return fail(errc::bad_config, file.string() + " cannot be used: " + openssl::complaint(),
                "join the hive again, or restore node/hive of the home from a backup");
  };
  SSL_CTX_set_default_passwd_cb(context, &openssl::no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return unusable(files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable(files.key);
  return set_rules(context, {std::move(trust), {}}, rule == certificate_rule::demanded);
}

outcome use(SSL_CTX* context, std::string authority_fingerprint) {
  return set_rules(context, {nullptr, std::move(authority_fingerprint)}, true);
}

outcome offer(SSL_CTX* context, std::string_view protocol) {
  const auto list = std::string(1, static_cast<char>(protocol.size())) + std::string{protocol};
  // It yields 0 for success.
  if (SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(list.data()),
                              static_cast<unsigned>(list.size())) != 0)
    return openssl::refused_to("prepare TLS");
  return {};
}

result<std::shared_ptr<SSL_CTX>> client_context(const peer_tls& files,
                                                std::shared_ptr<const peer_trust> trust,
                                                std::string_view protocol) {
  std::shared_ptr<SSL_CTX> out{SSL_CTX_new(TLS_client_method()),
                               [](SSL_CTX* c) { SSL_CTX_free(c); }};
  if (!out) return openssl::refused_to("prepare TLS");
  HIVE_CHECK(use(out.get(), files, std::move(trust)));
  HIVE_CHECK(offer(out.get(), protocol));
  return out;
}

std::optional<peer_identity> peer_of(const SSL* connection) {
  const auto* const made = decision_on(connection);
  return made == nullptr ? std::nullopt : made->peer;
}

std::optional<certificate> authority_of(const SSL* connection) {
  const auto* const made = decision_on(connection);
  return made == nullptr ? std::nullopt : made->authority;
}

const failure* refusal_of(const SSL* connection) {
  const auto* const made = decision_on(connection);
  return made == nullptr || !made->refusal ? nullptr : &*made->refusal;
}

failure handshake_failure(const SSL* connection, int result, const std::string& other) {
  const int number = errno;
  if (const auto* why = refusal_of(connection)) {
    ERR_clear_error();
    auto out = *why;
    out.detail = other + ": " + out.detail;
    return out;
  }
  const int kind = SSL_get_error(connection, result);
  const auto reason = ERR_GET_REASON(ERR_peek_last_error());
  if (kind == SSL_ERROR_SSL && reason != SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return alert_failure(reason, other);
  ERR_clear_error();
  const bool told = kind == SSL_ERROR_SYSCALL && number != 0;
  return fail(errc::connection_cut,
              other + " ended the connection" +
                  (told ? std::string{": "} + std::strerror(number) : ""),
              "check that this is the --peer-listen address of a node of the hive");
}

} // namespace hive::trust
