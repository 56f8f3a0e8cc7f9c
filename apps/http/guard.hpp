#pragma once
/// Who may ask. On loopback: anyone on this machine, but no web page (Host and Origin are checked,
/// which defeats DNS rebinding and cross-site requests). Elsewhere: who has the API token.

#include "apps/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hive::http {

struct guard {
  bool loopback{true};
  std::string host;  ///< as listened on, without port
  std::string token; ///< not on loopback

  /// The refusal, or empty when `asked` may pass. Looks at method, path and headers only.
  std::optional<reply> refuse(const request& asked) const;
};

/// Takes as long for a wrong text as for a right one of the same length.
bool same_secret(std::string_view given, std::string_view kept) noexcept;

/// "host:port" or "[v6]:port" without its port, lower case; empty when malformed.
std::string host_of(std::string_view authority);

} // namespace hive::http
