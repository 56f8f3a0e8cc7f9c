#pragma once
/// What curl's result codes mean to hive.

#include "core/base/result.hpp"

#include <curl/curl.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace hive::net {

/// What became of a server's wish for a client certificate.
enum class certificate_state : std::uint8_t {
  unasked,
  missing, ///< it asked, and none is set
  shown,   ///< it asked, and was shown the one that is set
};

/// The failure behind `code`: names the host, the phase and the system's reason. `text` is what
/// curl wrote into the error buffer; nothing of the URL but its origin is repeated.
failure trouble_of(CURLcode code, CURL* easy, std::string_view text, const std::string& url,
                   certificate_state certificate);

/// A server that wants a client certificate and did not get one it likes; `how` it said so.
failure certificate_trouble(const std::string& url, certificate_state certificate,
                            const std::string& how);

/// The proxy said `status`: to a request for a tunnel, or to the request itself.
failure proxy_refusal(CURL* easy, long status, const std::string& url);

/// The other end of the connection as "203.0.113.5:443"; empty when there was none.
std::string peer_of(CURL* easy);

} // namespace hive::net
