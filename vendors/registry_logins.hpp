#pragma once
/// Logins to registries as docker, podman, skopeo and oras leave them: config.json or auth.json
/// with
/// `{"auths": {"host[:port]": {"auth": base64 of "user:password"}}}`.

#include "core/net/origin.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hive::vendors {

/// A secret: never printed.
struct login {
  std::string user;
  std::string password;

  /// The value of an Authorization header.
  std::string basic() const;
};

/// "user:password"; empty when there is no ':' or no user.
std::optional<login> read_login(std::string_view text);

class registry_logins {
 public:
  /// Total: what cannot be read is passed over. Programs that keep logins (`credsStore`) are not
  /// run.
  static registry_logins parse(std::string_view file);

  /// The login for exactly this host and port. Docker's hosts share one.
  std::optional<login> of(const net::origin& where) const;

 private:
  std::map<std::string, login> by_address_; ///< "host", or "host:port" where the port is not usual
};

} // namespace hive::vendors
