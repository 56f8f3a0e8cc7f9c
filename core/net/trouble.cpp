#include "core/net/trouble.hpp"

#include "core/base/redact.hpp"
#include "core/net/origin.hpp"

#include <array>
#include <system_error>

namespace hive::net {

namespace {

/// How far a transfer had come.
struct progress_made {
  bool connected{false};
  bool answered{false};
  long connect_status{0}; ///< what a proxy said to CONNECT
  long proxy_error{0};    ///< of a SOCKS proxy, CURLPX_*
  long system{0};         ///< errno
};

progress_made look_at(CURL* easy) {
  progress_made out;
  curl_off_t pretransfer = 0;
  curl_off_t first_byte = 0;
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
  curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &out.connect_status);
  curl_easy_getinfo(easy, CURLINFO_PROXY_ERROR, &out.proxy_error);
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

/// TLS 1.3 refuses a client's certificate after the handshake, in place of the first bytes.
bool refuses_certificate(std::string_view text) noexcept {
  return says(text, "alert") && (says(text, "certificate") || says(text, "unknown ca"));
}

/// curl names the host it could not connect to; another one than ours is the proxy.
bool names_another(std::string_view text, std::string_view host) noexcept {
  constexpr std::string_view before = "connect to ";
  const auto at = text.find(before);
  if (at == std::string_view::npos) return false;
  return !text.substr(at + before.size()).starts_with(host);
}

bool rejects_user(long proxy_error) noexcept {
  return proxy_error == CURLPX_NO_AUTH || proxy_error == CURLPX_USER_REJECTED;
}

errc code_of(CURLcode code, const progress_made& made, std::string_view text,
             std::string_view host) noexcept {
  switch (code) {
  case CURLE_COULDNT_RESOLVE_PROXY: return errc::proxy_failed;
  case CURLE_PROXY:
    return rejects_user(made.proxy_error) ? errc::proxy_refused : errc::proxy_failed;
  case CURLE_COULDNT_RESOLVE_HOST: return errc::unreachable;
  case CURLE_COULDNT_CONNECT:
    return names_another(text, host) ? errc::proxy_failed : errc::unreachable;
  case CURLE_INTERFACE_FAILED: return errc::unreachable;
  case CURLE_SSL_CONNECT_ERROR: return was_cut(text) ? errc::connection_cut : errc::tls_failed;
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR: return refuses_certificate(text) ? errc::tls_failed : errc::connection_cut;
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

/// What to do about a handshake that failed, by what OpenSSL and curl say (OpenSSL 3, curl 7.88).
std::string tls_hint(CURLcode code, std::string_view text) {
  struct row {
    std::string_view words;
    const char* hint;
  };
  constexpr auto unknown_issuer =
      "nobody this machine trusts has issued the server's certificate; if you trust its issuer, "
      "set "
      "ca_file (HIVE_CA_FILE) to the issuer's certificate in PEM (behind an inspecting proxy, the "
      "proxy's)";
  constexpr auto too_old = "the server speaks only older versions of TLS than tls_minimum allows";
  static constexpr std::array<row, 10> rows{{
      {"local issuer certificate", unknown_issuer},
      {"self-signed certificate", unknown_issuer},
      {"self signed certificate", unknown_issuer},
      {"verify the first certificate", unknown_issuer},
      {"certificate has expired",
       "the server's certificate is out of date: tell whoever runs it; check this machine's clock"},
      {"not yet valid", "check this machine's clock"},
      {"subject name", "the certificate is for other names: check the spelling of the host"},
      {"protocol version", too_old},
      {"unsupported protocol", too_old},
      {"wrong version number",
       "the server does not speak TLS on this port: is it http, not https?"},
  }};
  if (code == CURLE_SSL_CACERT_BADFILE) return "ca_file must hold certificates in PEM";
  if (code == CURLE_SSL_CERTPROBLEM)
    return "client_certificate and client_key must be PEM and fit each other, and the key must not "
           "be encrypted";
  for (const auto& [words, hint] : rows)
    if (says(text, words)) return hint;
  return {};
}

std::string_view phase_of(CURLcode code, const progress_made& made) noexcept {
  if (code == CURLE_COULDNT_RESOLVE_HOST) return "looking up the name";
  if (!made.connected) return "connecting";
  return made.answered ? "receiving" : "waiting for the reply";
}

std::string place_of(const std::string& url) {
  const auto where = origin_of(url);
  return where ? to_string(*where) : std::string{"the server"};
}

/// curl repeats a proxy's address, user and password included, when it cannot read it.
std::string safe(std::string_view text) {
  if (says(text, "nsupported proxy")) return "the proxy's address cannot be read";
  return redact(text);
}

} // namespace

failure trouble_of(CURLcode code, CURL* easy, std::string_view text, const std::string& url,
                   certificate_state certificate) {
  const auto made = look_at(easy);
  const bool tunnelled = made.connect_status == 0 || made.connect_status / 100 == 2;
  if (!tunnelled && !made.connected) return proxy_refusal(easy, made.connect_status, url);
  const auto where = origin_of(url);
  std::string detail = place_of(url) + ": ";
  detail += phase_of(code, made);
  detail += " failed: ";
  detail += text.empty() ? std::string{curl_easy_strerror(code)} : safe(text);
  if (made.system != 0)
    detail += " (" + std::generic_category().message(static_cast<int>(made.system)) + ")";
  const auto meaning = code_of(code, made, text, where ? where->host : std::string_view{});
  if (meaning != errc::tls_failed) return fail(meaning, detail);
  const bool handshake = code == CURLE_SSL_CONNECT_ERROR && !says(text, "protocol");
  if (certificate != certificate_state::unasked && (handshake || refuses_certificate(text)))
    return certificate_trouble(url, certificate, safe(text));
  return fail(meaning, detail, tls_hint(code, text));
}

failure certificate_trouble(const std::string& url, certificate_state certificate,
                            const std::string& how) {
  if (certificate == certificate_state::missing)
    return fail(errc::tls_failed, place_of(url) + " asks for a client certificate: " + how,
                "set client_certificate and client_key (HIVE_CLIENT_CERTIFICATE, HIVE_CLIENT_KEY)");
  return fail(errc::tls_failed, place_of(url) + " does not accept the client certificate: " + how,
              "ask whoever runs the server which certificates it accepts");
}

failure proxy_refusal(CURL* easy, long status, const std::string& url) {
  const auto peer = peer_of(easy);
  const bool busy = status >= 500 || status == 408 || status == 429;
  return fail(busy ? errc::proxy_failed : errc::proxy_refused,
              "the proxy" + (peer.empty() ? peer : " " + peer) + " answered " +
                  std::to_string(status) + " when asked for " + place_of(url));
}

std::string peer_of(CURL* easy) {
  const char* address = nullptr;
  long port = 0;
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
  if (address == nullptr || *address == '\0') return {};
  const std::string text{address};
  return (text.find(':') == std::string::npos ? text : "[" + text + "]") + ":" +
         std::to_string(port);
}

} // namespace hive::net
