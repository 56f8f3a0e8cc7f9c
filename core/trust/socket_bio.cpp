#include "core/trust/socket_bio.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>

#include <sys/socket.h>

namespace hive::trust {

namespace {

bool may_repeat(int error) noexcept {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int read_some(BIO* from, char* into, int size) noexcept {
  BIO_clear_retry_flags(from);
  auto& at = state_of(from);
  const auto room = std::min(static_cast<std::size_t>(size), at.longest_input - at.received);
  at.full = room == 0;
  if (at.full) return -1;
  const auto got = ::recv(at.socket, into, room, 0);
  if (got > 0) {
    at.received += static_cast<std::size_t>(got);
    return static_cast<int>(got);
  }
  at.ended = got == 0;
  at.error = got < 0 ? errno : 0;
  if (got < 0 && may_repeat(at.error)) {
    at.error = 0;
    BIO_set_retry_read(from);
  }
  return static_cast<int>(got);
}

int write_some(BIO* into, const char* from, int size) noexcept {
  BIO_clear_retry_flags(into);
  auto& at = state_of(into);
  const auto sent = ::send(at.socket, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  at.error = sent < 0 ? errno : 0;
  if (sent < 0 && may_repeat(at.error)) {
    at.error = 0;
    BIO_set_retry_write(into);
  }
  return static_cast<int>(sent);
}

long control(BIO* of, int what, long, void*) noexcept {
  switch (what) {
  case BIO_CTRL_FLUSH: return 1;
  case BIO_CTRL_EOF: return state_of(of).ended ? 1 : 0;
  default: return 0;
  }
}

int destroy(BIO* what) noexcept {
  const std::unique_ptr<socket_state> ends{static_cast<socket_state*>(BIO_get_data(what))};
  return 1;
}

BIO_METHOD* method() noexcept {
  static BIO_METHOD* const made = [] {
    auto* const out = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "hive socket");
    if (out == nullptr) return out;
    BIO_meth_set_read(out, &read_some);
    BIO_meth_set_write(out, &write_some);
    BIO_meth_set_ctrl(out, &control);
    BIO_meth_set_destroy(out, &destroy);
    return out;
  }();
  return made;
}

} // namespace

socket_state& state_of(BIO* made) noexcept {
  return *static_cast<socket_state*>(BIO_get_data(made));
}

openssl::bio make_socket_bio(int socket, std::size_t longest_input) {
  auto state = std::make_unique<socket_state>();
  state->socket = socket;
  state->longest_input = longest_input;
  openssl::bio out{BIO_new(method())};
  if (!out) throw std::bad_alloc{};
  BIO_set_data(out.get(), state.release());
  BIO_set_init(out.get(), 1);
  return out;
}

} // namespace hive::trust
