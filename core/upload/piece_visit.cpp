#include "core/upload/piece_visit.hpp"

#include "core/base/ascii.hpp"
#include "core/swarm/piece_address.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace hive::upload {

namespace {

constexpr std::size_t longest_request = 4096;
constexpr std::size_t longest_head = 256;
constexpr std::size_t chunk = 128 << 10;
/// A chunk and what TLS adds to each 16 KiB of it.
constexpr long records_together = chunk + longest_head + 10 * 64;
/// OpenSSL makes a buffer smaller only down to more than 4 KiB.
constexpr long records_at_rest = 4097;

std::string head_of(int status, const char* word, std::uint64_t length) {
  return "HTTP/1.1 " + std::to_string(status) + ' ' + word +
         "\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(length) +
         "\r\n\r\n";
}

const char* word_of(int status) noexcept {
  switch (status) {
  case 400: return "Bad Request";
  case 404: return "Not Found";
  case 409: return "Conflict";
  case 503: return "Service Unavailable";
  default: return "Request Timeout";
  }
}

} // namespace

/// TLS hands on each record by itself, 16 KiB, and what the kernel does for a packet costs more
/// than its bytes do: records are sent together.
piece_visit::piece_visit(trust::established who, clock::time_point now)
  : who_(std::move(who)), moved_at_(now) {
  auto* const ssl = who_.ssl.get();
  auto* const socket = BIO_new_socket(who_.socket.get(), BIO_NOCLOSE);
  records_ = BIO_new(BIO_f_buffer());
  if (socket == nullptr || records_ == nullptr || BIO_up_ref(socket) != 1) throw std::bad_alloc{};
  BIO_push(records_, socket);
  SSL_set_bio(ssl, socket, records_);
  SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

short piece_visit::wants(bool budget) const noexcept {
  const bool has_output =
      encrypted_ < loaded_ || BIO_wpending(records_) > 0 || (budget && left_ > 0);
  return static_cast<short>(POLLIN | (sends() && has_output && !wants_read_ ? POLLOUT : 0));
}

std::chrono::milliseconds piece_visit::patience(const server_options& limits) const noexcept {
  if (sends()) return limits.stall;
  if (waits()) return limits.decision;
  return input_.empty() ? limits.idle : limits.request;
}

bool piece_visit::late(const server_options& limits, clock::time_point now) const noexcept {
  return now >= due(limits);
}

clock::time_point piece_visit::due(const server_options& limits) const noexcept {
  return moved_at_ + patience(limits);
}

visit_news piece_visit::read(clock::time_point now) {
  // More than a request may have: what stays behind in TLS wakes nobody.
  std::array<char, longest_request + 1> bytes;
  ERR_clear_error();
  const int got = SSL_read(who_.ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
  if (got <= 0) {
    const int kind = SSL_get_error(who_.ssl.get(), got);
    ERR_clear_error();
    wants_read_ = false;
    broken_ = broken_ || (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE);
    return broken_ ? visit_news::gone : visit_news::none;
  }
  // One request at a time: whoever talks on before it is answered is no peer of ours.
  if (now_ != phase::reading) broken_ = true;
  if (input_.empty()) moved_at_ = now;
  input_.append(bytes.data(), static_cast<std::size_t>(got));
  const auto end = input_.find("\r\n\r\n");
  if (end == std::string::npos) {
    broken_ = broken_ || input_.size() > longest_request;
    return broken_ ? visit_news::gone : visit_news::none;
  }
  if (broken_ || end + 4 != input_.size() || !parse(input_)) {
    broken_ = true;
    return visit_news::gone;
  }
  input_.clear();
  now_ = phase::waiting;
  moved_at_ = now;
  return visit_news::asked;
}

/// "GET /v1/pieces/<content>/<piece> HTTP/1.1"; the fields below it say nothing that is needed.
bool piece_visit::parse(std::string_view head) {
  auto line = head.substr(0, head.find("\r\n"));
  if (!line.starts_with("GET ") || !line.ends_with(" HTTP/1.1")) return false;
  line = line.substr(4, line.size() - 4 - 9);
  if (!line.starts_with(swarm::piece_prefix)) return false;
  line.remove_prefix(swarm::piece_prefix.size());
  const auto slash = line.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || slash > 128) return false;
  const auto piece = ascii::number(line.substr(slash + 1));
  if (!piece || *piece > UINT32_MAX) return false;
  asked_ = {0, peer(), std::string{line.substr(0, slash)}, static_cast<std::uint32_t>(*piece)};
  return true;
}

/// Room for what is under way is had only while something is: few of many connections send.
void piece_visit::begin_answer(const std::string& head, clock::time_point now) {
  if (BIO_wpending(records_) == 0) BIO_set_write_buffer_size(records_, records_together);
  output_.resize(longest_head + chunk);
  std::ranges::copy(head, output_.begin());
  loaded_ = head_left_ = head.size();
  encrypted_ = 0;
  now_ = phase::sending;
  moved_at_ = now;
}

void piece_visit::serve(store::descriptor file, std::uint64_t offset, std::uint64_t length,
                        clock::time_point now) {
  begin_answer(head_of(200, "OK", length), now);
  file_ = std::move(file);
  at_ = offset;
  left_ = length;
}

void piece_visit::refuse(errc why, clock::time_point now) {
  if (sends()) { // part of it has gone: nothing but the end can say no
    broken_ = true;
    return;
  }
  const int status = swarm::status_of_refusal(why);
  begin_answer(head_of(status, word_of(status), 0), now);
  left_ = 0;
  number = 0;
}

/// The next bytes of the piece behind what is to be encrypted.
bool piece_visit::load(std::uint64_t allowed) {
  const auto want = static_cast<std::size_t>(
      std::min<std::uint64_t>({chunk, output_.size() - loaded_, left_, allowed}));
  if (want == 0) return true;
  const auto got = ::pread(file_.get(), output_.data() + loaded_, want, static_cast<off_t>(at_));
  if (got <= 0) return false;
  loaded_ += static_cast<std::size_t>(got);
  at_ += static_cast<std::uint64_t>(got);
  left_ -= static_cast<std::uint64_t>(got);
  return true;
}

/// False when no more can be encrypted now.
bool piece_visit::encrypt(std::size_t& went, clock::time_point now) {
  while (encrypted_ < loaded_) {
    ERR_clear_error();
    const int done = SSL_write(who_.ssl.get(), output_.data() + encrypted_,
                               static_cast<int>(loaded_ - encrypted_));
    if (done <= 0) {
      const int kind = SSL_get_error(who_.ssl.get(), done);
      ERR_clear_error();
      wants_read_ = kind == SSL_ERROR_WANT_READ;
      broken_ = broken_ || (kind != SSL_ERROR_WANT_WRITE && kind != SSL_ERROR_WANT_READ);
      return false;
    }
    const auto bytes = static_cast<std::size_t>(done);
    const auto of_head = std::min(bytes, head_left_);
    head_left_ -= of_head;
    encrypted_ += bytes;
    went += bytes - of_head;
    moved_at_ = now;
  }
  loaded_ = encrypted_ = 0;
  return true;
}

/// False when the socket takes no more.
bool piece_visit::send_records(clock::time_point now) {
  const auto before = BIO_wpending(records_);
  if (before == 0) return true;
  const bool all = BIO_flush(records_) > 0;
  if (BIO_wpending(records_) < before) moved_at_ = now;
  if (!all) broken_ = broken_ || BIO_should_retry(records_) == 0;
  return all;
}

std::size_t piece_visit::write(std::uint64_t allowed, clock::time_point now) {
  wants_read_ = false;
  std::size_t went = 0;
  if (!send_records(now)) return went;
  // A head that waits goes with the first of its bytes.
  if (left_ > 0 && allowed > 0 && !load(allowed)) {
    broken_ = true;
    return went;
  }
  if (encrypt(went, now) && send_records(now) && left_ == 0) end_request(now);
  return went;
}

void piece_visit::end_request(clock::time_point now) {
  now_ = phase::reading;
  BIO_set_write_buffer_size(records_, records_at_rest);
  output_ = {};
  file_.close();
  moved_at_ = now;
}

} // namespace hive::upload
