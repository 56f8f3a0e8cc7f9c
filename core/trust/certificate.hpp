#pragma once
/// X.509 certificates as hives use them, read with bounds.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::trust {

/// Copies share the certificate. Thread-safe.
class certificate {
 public:
  /// Longer text is not even parsed. One of ours takes less than 1 KiB.
  static constexpr std::size_t longest_pem = 8192;

  /// Exactly one. errc::certificate_refused says what is wrong.
  static result<certificate> from_pem(std::string_view text);
  /// Takes a reference of its own.
  static certificate share(X509* what);

  std::string pem() const;
  /// SHA-256 of the DER form, lower-case hex: what a join token names an authority by.
  std::string fingerprint() const;
  std::string serial() const; ///< lower-case hex
  std::string key_fingerprint() const;
  std::string common_name() const;
  wall_time not_before() const;
  wall_time not_after() const;
  X509* get() const noexcept { return x509_.get(); }

 private:
  explicit certificate(std::shared_ptr<X509> x509) : x509_(std::move(x509)) {}
  std::shared_ptr<X509> x509_;
};

/// A node's certificate followed by its authority's, as files hold them and handshakes show them.
struct certificate_chain {
  certificate own;
  certificate authority;

  static constexpr std::size_t longest_pem = 2 * certificate::longest_pem;
  /// Exactly these two, in this order.
  static result<certificate_chain> from_pem(std::string_view text);
  std::string pem() const { return own.pem() + authority.pem(); }
};

/// Whom a certificate names in its URI: hive://<hive>/<node>, of an authority hive://<hive>.
struct hive_uri {
  hive_id hive;
  node_id node; ///< empty for an authority
};
/// Empty unless the certificate has exactly one URI and that is one of these.
std::optional<hive_uri> uri_in(const certificate& what);
std::string to_string(const hive_uri& what);

} // namespace hive::trust
