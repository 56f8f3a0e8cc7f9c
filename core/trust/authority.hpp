#pragma once
/// A hive's certificate authority: it makes itself at `hive init` and signs the nodes'
/// certificates. Whoever holds it decides who belongs to the hive.

#include "core/trust/certificate.hpp"
#include "core/trust/key_pair.hpp"
#include "core/trust/signing_request.hpp"

#include <chrono>
#include <string>

namespace hive::trust {

/// A node's certificate is good for so long, and renewed (with tries for 30 days) after this.
constexpr std::chrono::days certificate_term{90};
constexpr std::chrono::days renewal_age{60};
/// The authority itself cannot be renewed: a hive that old is founded anew.
constexpr std::chrono::days authority_term{20 * 365};
/// Certificates begin so long before they are made: a day covers a clock that is set to another
/// time zone, the usual large error.
constexpr std::chrono::days clock_tolerance{1};

class authority {
 public:
  /// A new hive. errc::bad_request for a name that is not 1 to 64 printable ASCII characters.
  static result<authority> found(const std::string& name, wall_time now);
  /// One that was stored. errc::bad_config when the two do not belong together or the certificate
  /// is no authority's.
  static result<authority> restore(certificate own, key_pair key);

  /// For the asker's key, whatever else `asked` says. Never beyond the authority's own end.
  result<certificate> issue(const signing_request& asked, const node_id& who, wall_time now) const;

  const hive_id& hive() const noexcept { return hive_; }
  const certificate& own() const noexcept { return own_; }
  const key_pair& key() const noexcept { return key_; }

 private:
  authority(hive_id hive, certificate own, key_pair key)
    : hive_(std::move(hive)), own_(std::move(own)), key_(std::move(key)) {}

  hive_id hive_;
  certificate own_;
  key_pair key_;
};

} // namespace hive::trust
