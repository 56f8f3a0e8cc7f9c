#include "core/net/http_flight.hpp"

#include "core/base/redact.hpp"
#include "core/net/curl_loop.hpp"
#include "core/net/trouble.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

namespace hive::net {

http_flight::http_flight(curl_loop& loop, request what, exchange_handler& handler)
  : flight(loop, std::move(what), handler), url_(request_.url), method_(request_.method),
    with_body_(!request_.body.empty()) {}

http_flight::~http_flight() = default;

void http_flight::start() {
  easy_ = loop_.take_easy();
  if (easy_ == nullptr) return end(fail(errc::overloaded, "no memory for another connection"));
  const auto now = std::chrono::steady_clock::now();
  if (request_.total_timeout) deadline_ = now + *request_.total_timeout;
  if (request_.tls) loop_.reads_ahead(*this);
  if (auto sent = fly(); !sent) return end(std::move(sent));
  rewatch();
}

void http_flight::close() noexcept {
  watch_ = {};
  if (easy_ == nullptr) return;
  if (flying_) curl_multi_remove_handle(loop_.multi(), easy_);
  flying_ = false;
  loop_.give_back(std::exchange(easy_, nullptr));
}

void http_flight::resume() {
  if (!paused_ || !flying_) return;
  paused_ = false;
  note_activity();
  // Delivers what curl held back right here, so the handler may pause again or leave.
  const auto code = curl_easy_pause(easy_, CURLPAUSE_CONT);
  if (code != CURLE_OK && !abandoned()) finished(code);
}

void http_flight::waits_for(curl_socket_t socket, bool still) noexcept {
  if (still)
    socket_ = socket;
  else if (socket_ == socket) // it may be that of an idle connection that is closed for this one
    socket_ = CURL_SOCKET_BAD;
}

/// curl waits for the socket only, and does not know what TLS holds already.
bool http_flight::read_on() {
  if (!flying_ || paused_ || socket_ == CURL_SOCKET_BAD) return false;
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_TLS_SSL_PTR, &session);
  if (session == nullptr || session->internals == nullptr ||
      SSL_has_pending(static_cast<const SSL*>(session->internals)) == 0)
    return false;
  const auto before = heard_;
  int running = 0;
  curl_multi_socket_action(loop_.multi(), socket_, CURL_CSELECT_IN, &running);
  return heard_ > before;
}

void http_flight::finished(CURLcode code) {
  curl_multi_remove_handle(loop_.multi(), easy_);
  flying_ = false;
  if (verdict_) return end(std::move(*verdict_));
  if (!next_url_.empty()) return next_hop();
  if (insists_on_http2(code)) {
    loop_.book().at(wish_.where).only_http2 = true;
    if (auto sent = fly(); !sent) end(std::move(sent));
    return;
  }
  if (code != CURLE_OK) return end(trouble_of(code, easy_, trouble_.data(), url_, certificate()));
  if (!head_done_)
    return end(fail(errc::unreadable_reply, redact_url(url_) + " answered without a status"));
  end({});
}

/// A server that knows HTTP/2 alone ends the handshake with this alert, since 1.1 was offered
/// alone.
bool http_flight::insists_on_http2(CURLcode code) const noexcept {
  constexpr std::string_view alert = "no application protocol";
  return code == CURLE_SSL_CONNECT_ERROR && !loop_.book().of(wish_.where).only_http2 &&
         std::string_view{trouble_.data()}.find(alert) != std::string_view::npos;
}

certificate_state http_flight::certificate() const {
  if (!loop_.book().of(wish_.where).asks_certificate) return certificate_state::unasked;
  return loop_.options().client_certificate.empty() ? certificate_state::missing
                                                    : certificate_state::shown;
}

void http_flight::next_hop() {
  const bool drops_body =
      (head_.status == 303 && method_ != "HEAD") || (head_.status <= 302 && method_ == "POST");
  if (drops_body) {
    method_ = "GET";
    with_body_ = false;
  }
  url_ = std::exchange(next_url_, {});
  const int hop = head_.hop + 1;
  head_ = {};
  head_.hop = hop;
  head_bytes_ = discarded_ = 0;
  connected_ = head_done_ = false;
  loop_.count_redirect();
  if (auto sent = fly(); !sent) end(std::move(sent));
}

/// A flight paused or still connecting is not idle: the connect timeout is curl's.
void http_flight::rewatch() {
  auto next = std::chrono::steady_clock::time_point::max();
  const auto idle = request_.idle_timeout;
  if (idle.count() > 0)
    next = (connected_ && !paused_ ? active_ : std::chrono::steady_clock::now()) + idle;
  if (deadline_) next = std::min(next, *deadline_);
  if (next == std::chrono::steady_clock::time_point::max()) return;
  const auto wait = next - std::chrono::steady_clock::now();
  watch_ = loop_.after(std::chrono::ceil<std::chrono::milliseconds>(wait), [this] { look(); });
}

void http_flight::look() {
  const auto now = std::chrono::steady_clock::now();
  const auto idle = request_.idle_timeout;
  const auto late = [this](const std::string& how, std::chrono::milliseconds limit) {
    return fail(errc::timed_out,
                redact_url(url_) + ": " + how + " " + std::to_string(limit.count()) + " ms");
  };
  if (deadline_ && now >= *deadline_)
    return end(late("not answered completely within", *request_.total_timeout));
  if (idle.count() > 0 && connected_ && !paused_ && now - active_ >= idle) {
    if (next_url_.empty()) return end(late(head_done_ ? "no byte for" : "no answer for", idle));
    finished(CURLE_OPERATION_TIMEDOUT); // the body of a redirect is not worth waiting for
  }
  if (flying_) rewatch();
}

} // namespace hive::net
