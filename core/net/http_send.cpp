// What is sent: the settings of one hop.

#include "core/net/curl_loop.hpp"
#include "core/net/http_flight.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace hive::net {

namespace {

constexpr long receive_buffer = 512 * 1024;
constexpr long keepalive_idle = 30; ///< seconds
constexpr long keepalive_every = 15;

bool same_name(const std::string& a, const char* b) noexcept {
  return curl_strequal(a.c_str(), b) != 0;
}

bool is_token(const std::string& text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

/// A line break in a value would let whoever made it write headers of its own.
bool is_value(const std::string& text) noexcept {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

} // namespace

outcome http_flight::fly() {
  const auto where = origin_of(url_);
  if (!where) return where.why();
  if (!is_token(request_.method)) return fail(errc::bad_request, "an HTTP method that is none");
  HIVE_CHECK(check_open(*where));
  curl_easy_reset(easy_);
  trouble_.fill('\0');
  HIVE_CHECK(set_headers());
  wish_ = {&loop_.book(), *where};
  set_transport();
  set_connection(*where);
  if (request_.tls) set_rules();
  set_method();
  if (const auto code = curl_multi_add_handle(loop_.multi(), easy_); code != CURLM_OK)
    return fail(errc::overloaded,
                std::string{"no further connection: "} + curl_multi_strerror(code));
  flying_ = true;
  note_activity();
  return {};
}

/// A server that asked to be left alone is not asked: whoever wants to waits as it was told to.
outcome http_flight::check_open(const origin& where) const {
  const auto now = std::chrono::steady_clock::now();
  const auto wait = loop_.book().closed_for(where, request_.bucket, now);
  if (wait.count() == 0) return {};
  auto why = fail(errc::rate_limited, to_string(where) + " asked to be left alone for another " +
                                          std::to_string(wait.count()) + " s");
  why.retry_after = wait;
  return why;
}

void http_flight::set_transport() {
  const auto set = [this](CURLoption what, auto value) { curl_easy_setopt(easy_, what, value); };
  set(CURLOPT_PRIVATE, static_cast<void*>(static_cast<flight*>(this)));
  set(CURLOPT_SHARE, loop_.share());
  set(CURLOPT_ERRORBUFFER, trouble_.data());
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // One connection per lane is the point of lanes: 2 is for those who take nothing else.
  const bool two = loop_.book().of(wish_.where).only_http2;
  set(CURLOPT_HTTP_VERSION,
      static_cast<long>(two ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  watch_handshakes(easy_, wish_);
  set(CURLOPT_SSLVERSION,
      static_cast<long>(loop_.options().tls_1_3_only ? CURL_SSLVERSION_TLSv1_3
                                                     : CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROGRESS, 1L);
  set(CURLOPT_BUFFERSIZE, receive_buffer);
  set(CURLOPT_HEADERFUNCTION, &http_flight::header_call);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &http_flight::body_call);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_PREREQFUNCTION, &http_flight::connected_call);
  set(CURLOPT_PREREQDATA, this);
}

void http_flight::set_connection(const origin& where) {
  const auto& options = loop_.options();
  const auto set = [this](CURLoption what, auto value) { curl_easy_setopt(easy_, what, value); };
  const auto set_text = [&](CURLoption what, const std::string& value) {
    if (!value.empty()) set(what, value.c_str());
  };
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TCP_KEEPIDLE, keepalive_idle);
  set(CURLOPT_TCP_KEEPINTVL, keepalive_every);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
  set(CURLOPT_QUICK_EXIT, 1L); // else removing a handle waits for a name that is being looked up
  if (request_.fresh_connection) {
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    set(CURLOPT_DNS_SHUFFLE_ADDRESSES, 1L);
  }
  set_text(CURLOPT_USERAGENT, options.user_agent);
  set_text(CURLOPT_CAINFO, options.ca_file);
  set_text(CURLOPT_SSLCERT, options.client_certificate);
  set_text(CURLOPT_SSLKEY, options.client_key);
  set(CURLOPT_KEYPASSWD, ""); // else OpenSSL asks the terminal for the one of an encrypted key
  set_text(CURLOPT_NOPROXY, options.no_proxy);
  if (options.proxy == "-" || is_loopback(where))
    set(CURLOPT_PROXY, "");
  else
    set_text(CURLOPT_PROXY, options.proxy);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE)); // none of ours to the proxy
}

/// The rules' own context takes the place of all that curl has been told about certificates.
void http_flight::set_rules() {
  const auto set = [this](CURLoption what, auto value) { curl_easy_setopt(easy_, what, value); };
  set(CURLOPT_SSL_CTX_FUNCTION, &http_flight::context_call);
  set(CURLOPT_SSL_CTX_DATA, this);
  set(CURLOPT_SSLCERT, static_cast<const char*>(nullptr));
  set(CURLOPT_SSLKEY, static_cast<const char*>(nullptr));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
  set(CURLOPT_SSL_VERIFYHOST, 0L); // a node is its key, not the name of an address
  // Kept connections are told apart by it: the system's are never taken for a peer's.
  set(CURLOPT_CAINFO, request_.tls->certificate().c_str());
  set(CURLOPT_PROXY, "");
}

void http_flight::set_method() {
  if (method_ == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    return;
  }
  if (with_body_ || method_ == "POST") {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(with_body_ ? request_.body.size() : 0));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
  }
  if (method_ != "GET" || with_body_)
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method_.c_str());
}

outcome http_flight::set_headers() {
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& line) {
    if (auto* const longer = curl_slist_append(list, line.c_str())) list = longer;
  };
  const bool dropped_body = !with_body_ && !request_.body.empty();
  bool coded = false;
  for (const auto& [name, value] : request_.headers) {
    if (same_name(name, "authorization") || !is_token(name) || !is_value(value)) {
      curl_slist_free_all(list);
      return fail(errc::bad_request, "a request header that is not sent: " + name);
    }
    if (dropped_body && same_name(name, "content-type")) continue;
    coded = coded || same_name(name, "accept-encoding");
    add(value.empty() ? name + ";" : name + ": " + value);
  }
  if (!coded) add("Accept-Encoding: identity");
  add("Expect:");
  const auto key = request_.keys ? request_.keys->authorization_for(url_) : std::nullopt;
  if (key && is_value(*key)) add("Authorization: " + *key);
  fields_.reset(list);
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list);
  if (!request_.range) return {};
  if (request_.range->empty()) return fail(errc::bad_request, "a request for no bytes at all");
  const auto range =
      std::to_string(request_.range->begin) + "-" + std::to_string(request_.range->end - 1);
  curl_easy_setopt(easy_, CURLOPT_RANGE, range.c_str());
  return {};
}

} // namespace hive::net
