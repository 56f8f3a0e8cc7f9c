#include "core/trust/tls_stream.hpp"

#include "core/trust/openssl.hpp"
#include "core/trust/peer_tls.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include <sys/socket.h>

namespace hive::trust {

namespace {

constexpr std::size_t step_bytes = 4096;
/// What is read away from somebody who goes on talking after the end.
constexpr std::size_t most_drained = 64 << 10;

bool would_block(int error) noexcept {
  return error == EAGAIN || error == EWOULDBLOCK;
}

} // namespace

void tls_stream::ssl_free::operator()(SSL* s) const noexcept {
  SSL_free(s);
}

tls_stream::tls_stream(SSL_CTX* context, bool accepts, store::descriptor socket, std::string other,
                       std::size_t longest_input)
  : socket_(std::move(socket)), other_(std::move(other)), longest_input_(longest_input),
    ssl_(SSL_new(context)) {
  auto in = openssl::bio{BIO_new(BIO_s_mem())};
  auto out = openssl::bio{BIO_new(BIO_s_mem())};
  if (!ssl_ || !in || !out) throw std::bad_alloc{};
  in_ = in.release();
  out_ = out.release();
  BIO_set_mem_eof_return(in_, -1);
  SSL_set_bio(ssl_.get(), in_, out_);
  if (accepts)
    SSL_set_accept_state(ssl_.get());
  else
    SSL_set_connect_state(ssl_.get());
}

tls_stream::~tls_stream() = default;

tls_progress tls_stream::give_up(failure why) {
  why_ = std::move(why);
  return tls_progress::failed;
}

/// One step of bytes from the socket.
tls_progress tls_stream::fill() {
  std::array<char, step_bytes> bytes;
  const auto room = std::min(bytes.size(), longest_input_ - received_);
  if (room == 0)
    return give_up(fail(errc::too_large,
                        other_ + " sent more than " + std::to_string(longest_input_) + " bytes"));
  const auto got = ::recv(socket_.get(), bytes.data(), room, 0);
  if (got < 0 && (would_block(errno) || errno == EINTR)) return tls_progress::wants_read;
  if (got <= 0) {
    BIO_set_mem_eof_return(in_, 0);
    return got == 0 ? tls_progress::ended
                    : give_up(fail(errc::connection_cut, other_ + ": " + std::strerror(errno)));
  }
  received_ += static_cast<std::size_t>(got);
  BIO_write(in_, bytes.data(), static_cast<int>(got));
  return tls_progress::done;
}

/// What the result of an OpenSSL call asks for.
tls_progress tls_stream::settle(int result) {
  const int kind = SSL_get_error(ssl_.get(), result);
  if (kind == SSL_ERROR_ZERO_RETURN) return tls_progress::ended;
  if (kind != SSL_ERROR_WANT_READ) {
    errno = 0;
    auto why = handshake_failure(ssl_.get(), result, other_);
    static_cast<void>(flush());
    return give_up(std::move(why));
  }
  ERR_clear_error();
  const auto sent = flush();
  if (sent != tls_progress::done) return sent;
  const auto filled = fill();
  if (filled != tls_progress::ended) return filled;
  // OpenSSL is to see the end itself: it knows whether it came too early.
  return tls_progress::done;
}

tls_progress tls_stream::handshake() {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) return flush();
    const auto how = settle(result);
    if (how != tls_progress::done) return how;
  }
}

tls_progress tls_stream::read(std::string& into) {
  for (;;) {
    std::array<char, step_bytes> bytes;
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (result > 0) {
      into.append(bytes.data(), static_cast<std::size_t>(result));
      return tls_progress::done;
    }
    const auto how = settle(result);
    if (how != tls_progress::done) return how;
  }
}

tls_progress tls_stream::write(std::string_view text) {
  ERR_clear_error();
  const int result = SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  return result > 0 ? flush() : settle(result);
}

tls_progress tls_stream::flush() {
  char* bytes = nullptr;
  for (;;) {
    const auto size = BIO_get_mem_data(out_, &bytes);
    if (size <= 0) return tls_progress::done;
    const auto sent = ::send(socket_.get(), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && would_block(errno)) return tls_progress::wants_write;
    if (sent < 0) return give_up(fail(errc::connection_cut, other_ + ": " + std::strerror(errno)));
    std::string away(static_cast<std::size_t>(sent), '\0');
    BIO_read(out_, away.data(), static_cast<int>(sent));
  }
}

void tls_stream::say_end() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

tls_progress tls_stream::linger() {
  if (const auto sent = flush(); sent == tls_progress::wants_write) return sent;
  if (!shut_) ::shutdown(socket_.get(), SHUT_WR);
  shut_ = true;
  for (;;) {
    std::array<char, step_bytes> bytes;
    const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && would_block(errno)) return tls_progress::wants_read;
    if (got <= 0) return tls_progress::done;
    drained_ += static_cast<std::size_t>(got);
    if (drained_ > most_drained) return tls_progress::done;
  }
}

} // namespace hive::trust
