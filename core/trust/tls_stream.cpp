#include "core/trust/tls_stream.hpp"

#include "core/base/digest.hpp"
#include "core/trust/openssl.hpp"
#include "core/trust/peer_tls.hpp"
#include "core/trust/socket_bio.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <new>
#include <span>
#include <utility>

#include <sys/socket.h>

namespace hive::trust {

namespace {

constexpr std::size_t step_bytes = 4096;
/// What is read away from somebody who goes on talking after the end.
constexpr std::size_t most_drained = 64 << 10;

} // namespace

void ssl_free::operator()(SSL* s) const noexcept {
  SSL_free(s);
}

tls_stream::tls_stream(SSL_CTX* context, bool accepts, store::descriptor socket, std::string other,
                       std::size_t longest_input)
  : socket_(std::move(socket)), other_(std::move(other)), ssl_(SSL_new(context)) {
  if (!ssl_) throw std::bad_alloc{};
  bio_ = make_socket_bio(socket_.get(), longest_input).release();
  SSL_set_bio(ssl_.get(), bio_, bio_);
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (accepts)
    SSL_set_accept_state(ssl_.get());
  else
    SSL_set_connect_state(ssl_.get());
}

tls_stream::tls_stream(established from, std::size_t longest_input)
  : socket_(std::move(from.socket)), other_(std::move(from.from)), ssl_(std::move(from.ssl)),
    bio_(SSL_get_rbio(ssl_.get())) {
  state_of(bio_).received = 0;
  state_of(bio_).longest_input = longest_input;
}

tls_stream::~tls_stream() = default;

std::size_t tls_stream::received() const noexcept {
  return state_of(bio_).received;
}

tls_progress tls_stream::give_up(failure why) {
  why_ = std::move(why);
  return tls_progress::failed;
}

/// What the result of an OpenSSL call asks for.
tls_progress tls_stream::settle(int result) {
  const auto& at = state_of(bio_);
  switch (SSL_get_error(ssl_.get(), result)) {
  case SSL_ERROR_ZERO_RETURN: return tls_progress::ended;
  case SSL_ERROR_WANT_READ: ERR_clear_error(); return tls_progress::wants_read;
  case SSL_ERROR_WANT_WRITE: ERR_clear_error(); return tls_progress::wants_write;
  default: break;
  }
  if (at.full) {
    ERR_clear_error();
    return give_up(fail(errc::too_large,
                        other_ + " sent more than " + std::to_string(at.longest_input) + " bytes"));
  }
  errno = at.error;
  return give_up(handshake_failure(ssl_.get(), result, other_));
}

tls_progress tls_stream::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? tls_progress::done : settle(result);
}

tls_progress tls_stream::read(std::string& into, std::size_t most) {
  std::array<char, step_bytes> bytes;
  ERR_clear_error();
  const int result =
      SSL_read(ssl_.get(), bytes.data(), static_cast<int>(std::min(most, bytes.size())));
  if (result <= 0) return settle(result);
  into.append(bytes.data(), static_cast<std::size_t>(result));
  return tls_progress::done;
}

tls_progress tls_stream::write(std::string_view text) {
  waiting_.append(text);
  return flush();
}

tls_progress tls_stream::flush() {
  while (!waiting_.empty()) {
    ERR_clear_error();
    const int result = SSL_write(ssl_.get(), waiting_.data(), static_cast<int>(waiting_.size()));
    if (result <= 0) return settle(result);
    waiting_.erase(0, static_cast<std::size_t>(result));
  }
  if (std::exchange(ends_, false)) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  return tls_progress::done;
}

void tls_stream::say_end() {
  ends_ = true;
}

tls_progress tls_stream::linger() {
  if (const auto sent = flush(); sent == tls_progress::wants_write) return sent;
  if (!shut_) ::shutdown(socket_.get(), SHUT_WR);
  shut_ = true;
  for (;;) {
    std::array<char, step_bytes> bytes;
    const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return tls_progress::wants_read;
    if (got <= 0) return tls_progress::done;
    drained_ += static_cast<std::size_t>(got);
    if (drained_ > most_drained) return tls_progress::done;
  }
}

established tls_stream::release() {
  state_of(bio_).longest_input = std::numeric_limits<std::size_t>::max();
  auto who = peer_of(ssl_.get());
  return {std::move(socket_), std::move(ssl_), who ? std::move(*who) : peer_identity{}, other_};
}

std::string binding_of(SSL* connection) {
  constexpr std::string_view label = "EXPORTER-hive-link";
  std::array<unsigned char, 32> bytes{};
  if (SSL_export_keying_material(connection, bytes.data(), bytes.size(), label.data(), label.size(),
                                 nullptr, 0, 0) != 1)
    return {};
  return to_hex(std::as_bytes(std::span{bytes}));
}

int socket_error(const SSL* connection) noexcept {
  return state_of(SSL_get_rbio(connection)).error;
}

std::string_view protocol_of(const SSL* connection) noexcept {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(connection, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

} // namespace hive::trust
