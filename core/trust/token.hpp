#pragma once
/// A join token, hv1.<SHA-256 of the authority>.<id>.<secret>: by the first a node knows the hive
/// before it says the last. A secret.

#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace hive::trust {

struct join_token {
  std::string authority; ///< certificate::fingerprint
  std::string id;        ///< 16 lower-case hex characters; no secret
  std::string secret;    ///< 43 characters of base64url, 256 random bits

  static constexpr std::size_t id_size = 16;
  static constexpr std::size_t secret_size = 43;
};

std::string to_string(const join_token& what);
/// errc::bad_request says which part is wrong and never shows the secret. White space around the
/// token goes.
result<join_token> parse_token(std::string_view text);
/// With a fresh id and secret from the operating system.
result<join_token> new_token(std::string authority);

/// Whether these are the characters of a secret.
bool is_secret(std::string_view text) noexcept;

} // namespace hive::trust
