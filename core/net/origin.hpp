#pragma once
/// URLs as hive needs them.

#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hive::net {

/// Scheme, host and port: what a credential is bound to (RFC 6454). Host lower case.
struct origin {
  std::string scheme; ///< "http" or "https"
  std::string host;   ///< without brackets for IPv6
  int port{443};
  friend bool operator==(const origin&, const origin&) = default;
  friend auto operator<=>(const origin&, const origin&) = default;
};

/// errc::bad_reference for anything but an absolute http(s) URL with a host.
result<origin> origin_of(std::string_view url);
std::string to_string(const origin& o);
bool is_loopback(const origin& o) noexcept;

/// `location` (absolute, scheme-relative, absolute-path or relative) as seen from `base`, per RFC
/// 3986 section 5; its bytes are otherwise kept as they are: re-encoding a signed link breaks it.
result<std::string> resolve_location(std::string_view base, std::string_view location);

/// Whether a redirect from one URL to another is followed: https never goes to http, http to
/// anything.
outcome may_follow(const origin& from, const origin& to);

} // namespace hive::net
