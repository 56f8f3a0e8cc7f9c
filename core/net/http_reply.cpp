// What arrives: header lines and body bytes of one hop, as curl hands them over.

#include "core/base/ascii.hpp"
#include "core/base/redact.hpp"
#include "core/net/curl_loop.hpp"
#include "core/net/http_flight.hpp"
#include "core/net/trouble.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace hive::net {

namespace {

constexpr std::size_t most_head_bytes = 256 * 1024;
/// A redirect's body is read to keep its connection, up to here; beyond it the connection is
/// closed.
constexpr std::size_t most_discarded = 64 * 1024;
/// By a peer's connection: TLS else asks the system twice for each record, of 16 KiB.
constexpr std::size_t read_ahead = 128 * 1024;

int status_of(std::string_view line) noexcept {
  const auto space = line.find(' ');
  int status = 0;
  if (space != std::string_view::npos && line.size() >= space + 4)
    std::from_chars(line.data() + space + 1, line.data() + space + 4, status);
  return status;
}

bool redirects(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

} // namespace

bool http_flight::on_line(std::string_view line) {
  note_activity();
  heard_ += line.size();
  head_bytes_ += line.size();
  if (head_bytes_ > most_head_bytes) {
    verdict_ = fail(errc::unreadable_reply, redact_url(url_) + " sent more headers than are read");
    return false;
  }
  if (head_done_) return true; // trailers
  if (line.starts_with("HTTP/")) {
    head_.status = status_of(line);
    head_.headers.clear();
    return true;
  }
  if (ascii::trimmed(line).empty()) return on_head_end();
  on_field(line);
  return true;
}

void http_flight::on_field(std::string_view line) {
  const bool folded = line.front() == ' ' || line.front() == '\t';
  if (folded && !head_.headers.empty()) {
    head_.headers.back().second += " " + std::string{ascii::trimmed(line)};
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  head_.headers.emplace_back(ascii::lowered(ascii::trimmed(line.substr(0, colon))),
                             std::string{ascii::trimmed(line.substr(colon + 1))});
}

bool http_flight::on_head_end() {
  if (head_.status < 200) return true; // an interim reply: the real one follows
  head_done_ = true;
  head_.url = url_;
  head_.address = peer_of(easy_);
  note_limit();
  if (auto why = refused_on_the_way()) {
    verdict_ = std::move(*why);
    return false;
  }
  const auto location = find_header(head_.headers, "location");
  auto how = redirects(head_.status) && location && request_.max_redirects > 0 && !request_.tls
                 ? choose_next(*location)
                 : tell_head(head_);
  if (how) return true;
  verdict_ = std::move(how).why();
  return false;
}

/// Replies that speak of the connection, not of what was asked for.
std::optional<failure> http_flight::refused_on_the_way() const {
  if (head_.status == 407) return proxy_refusal(easy_, head_.status, url_);
  // 400 is nginx's; inside it and in its logs the same are 495 and 496.
  const bool handshake = head_.status == 400 || head_.status == 495 || head_.status == 496;
  if (!handshake || certificate() == certificate_state::unasked) return std::nullopt;
  return certificate_trouble(url_, certificate(), "it answered " + std::to_string(head_.status));
}

/// For everybody who asks the same bucket of this origin from now on, not only for this request.
void http_flight::note_limit() {
  constexpr auto longest = std::chrono::hours{1}; // a longer one would be no limit but a standstill
  const bool told_off = head_.status == 429 || head_.status == 503;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto wait = told_off ? retry_after(head_.headers, now) : quota_reset(head_.headers, now);
  if (!wait || wait->count() <= 0) return;
  loop_.book().at(wish_.where).closed[request_.bucket] =
      book_clock::now() + std::min<std::chrono::seconds>(*wait, longest);
}

outcome http_flight::choose_next(std::string_view location) {
  if (head_.hop >= request_.max_redirects)
    return fail(errc::redirect_refused, redact_url(request_.url) + " redirects more than " +
                                            std::to_string(request_.max_redirects) + " times");
  HIVE_TRY(auto target, resolve_location(url_, location));
  HIVE_TRY(const auto from, origin_of(url_));
  const auto to = origin_of(target);
  if (!to) return fail(errc::redirect_refused, "a redirect to " + to.why().detail);
  HIVE_CHECK(may_follow(from, *to));
  HIVE_CHECK(tell_hop(head_));
  next_url_ = std::move(target);
  return {};
}

std::size_t http_flight::on_bytes(std::span<const std::byte> bytes) {
  note_activity();
  heard_ += bytes.size();
  if (bytes.empty()) return 0;
  if (!next_url_.empty()) {
    discarded_ += bytes.size();
    return discarded_ > most_discarded ? CURL_WRITEFUNC_ERROR : bytes.size();
  }
  if (!head_done_) {
    verdict_ = fail(errc::unreadable_reply, redact_url(url_) + " answered without a status");
    return CURL_WRITEFUNC_ERROR;
  }
  auto how = tell_body(bytes);
  if (!how) {
    verdict_ = std::move(how).why();
    return CURL_WRITEFUNC_ERROR;
  }
  paused_ = *how == taken::pause;
  return paused_ ? CURL_WRITEFUNC_PAUSE : bytes.size();
}

std::size_t http_flight::header_call(char* data, std::size_t, std::size_t size,
                                     void* self) noexcept {
  return static_cast<http_flight*>(self)->on_line({data, size}) ? size : CURL_WRITEFUNC_ERROR;
}

std::size_t http_flight::body_call(char* data, std::size_t, std::size_t size, void* self) noexcept {
  return static_cast<http_flight*>(self)->on_bytes(std::as_bytes(std::span{data, size}));
}

int http_flight::connected_call(void* self, char*, char*, int, int) noexcept {
  auto* const me = static_cast<http_flight*>(self);
  me->connected_ = true;
  me->note_activity();
  if (!me->request_.tls) return CURL_PREREQFUNC_OK;
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(me->easy_, CURLINFO_TLS_SSL_PTR, &session);
  if (session == nullptr || session->internals == nullptr)
    me->verdict_ = fail(errc::tls_failed, redact_url(me->url_) + " is not asked without TLS");
  else if (auto seen = me->request_.tls->check(static_cast<SSL*>(session->internals)); !seen)
    me->verdict_ = std::move(seen).why();
  return me->verdict_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

CURLcode http_flight::context_call(CURL*, void* context, void* self) noexcept {
  auto* const me = static_cast<http_flight*>(self);
  auto* const made = static_cast<SSL_CTX*>(context);
  auto ready = me->request_.tls->prepare(made);
  if (ready) {
    SSL_CTX_set_read_ahead(made, 1);
    SSL_CTX_set_default_read_buffer_len(made, read_ahead);
    return CURLE_OK;
  }
  me->verdict_ = std::move(ready).why();
  return CURLE_SSL_CERTPROBLEM;
}

} // namespace hive::net
