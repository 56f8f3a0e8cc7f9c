#include "core/net/trouble.hpp"

#include "core/net/origin.hpp"

#include <system_error>

namespace hive::net {

namespace {

/// How far a transfer had come.
struct progress_made {
  bool connected{false};
  bool answered{false};
  long connect_status{0}; ///< what a proxy said to CONNECT
  long system{0};         ///< errno
};

progress_made look_at(CURL* easy) {
  progress_made out;
  curl_off_t pretransfer = 0;
  curl_off_t first_byte = 0;
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
  curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &out.connect_status);
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &out.system);
  out.connected = pretransfer > 0;
  out.answered = first_byte > 0;
  return out;
}

bool says(std::string_view text, std::string_view what) noexcept {
  return text.find(what) != std::string_view::npos;
}

/// A handshake that died with the connection is the network's trouble, not one of trust.
bool was_cut(std::string_view text) noexcept {
  return says(text, "SSL_ERROR_SYSCALL") || says(text, "reset by peer") ||
         says(text, "unexpected eof");
}

/// curl names the host it could not connect to; another one than ours is the proxy.
bool names_another(std::string_view text, std::string_view host) noexcept {
  constexpr std::string_view before = "connect to ";
  const auto at = text.find(before);
  if (at == std::string_view::npos) return false;
  return !text.substr(at + before.size()).starts_with(host);
}

errc code_of(CURLcode code, const progress_made& made, std::string_view text,
             std::string_view host) noexcept {
  if (made.connect_status != 0 && made.connect_status / 100 != 2 && !made.connected)
    return errc::proxy_failed;
  switch (code) {
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_PROXY: return errc::proxy_failed;
  case CURLE_COULDNT_RESOLVE_HOST: return errc::unreachable;
  case CURLE_COULDNT_CONNECT:
    return names_another(text, host) ? errc::proxy_failed : errc::unreachable;
  case CURLE_INTERFACE_FAILED: return errc::unreachable;
  case CURLE_SSL_CONNECT_ERROR: return was_cut(text) ? errc::connection_cut : errc::tls_failed;
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_ENGINE_NOTFOUND:
  case CURLE_SSL_ENGINE_SETFAILED:
  case CURLE_SSL_ENGINE_INITFAILED:
  case CURLE_SSL_CLIENTCERT:
  case CURLE_SSL_INVALIDCERTSTATUS:
  case CURLE_USE_SSL_FAILED: return errc::tls_failed;
  case CURLE_OPERATION_TIMEDOUT: return errc::timed_out;
  case CURLE_URL_MALFORMAT: return errc::bad_reference;
  case CURLE_UNSUPPORTED_PROTOCOL:
    return made.connected ? errc::unreadable_reply : errc::bad_reference;
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_BAD_CONTENT_ENCODING: return errc::unreadable_reply;
  case CURLE_OUT_OF_MEMORY: return errc::overloaded;
  default: return errc::connection_cut;
  }
}

std::string_view phase_of(CURLcode code, const progress_made& made) noexcept {
  if (code == CURLE_COULDNT_RESOLVE_HOST) return "looking up the name";
  if (!made.connected) return "connecting";
  return made.answered ? "receiving" : "waiting for the reply";
}

} // namespace

failure trouble_of(CURLcode code, CURL* easy, std::string_view text, const std::string& url) {
  const auto where = origin_of(url);
  const auto made = look_at(easy);
  std::string detail = where ? to_string(*where) : std::string{"the server"};
  detail += ": ";
  detail += phase_of(code, made);
  detail += " failed: ";
  detail += text.empty() ? std::string_view{curl_easy_strerror(code)} : text;
  if (made.system != 0)
    detail += " (" + std::generic_category().message(static_cast<int>(made.system)) + ")";
  return fail(code_of(code, made, text, where ? where->host : std::string_view{}), detail);
}

} // namespace hive::net
