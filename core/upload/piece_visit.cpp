#include "core/upload/piece_visit.hpp"

#include "core/base/ascii.hpp"
#include "core/swarm/piece_address.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace hive::upload {

namespace {

constexpr std::size_t longest_request = 4096;
constexpr std::size_t chunk = 128 << 10;

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

piece_visit::piece_visit(trust::established who, clock::time_point now)
  : who_(std::move(who)), moved_at_(now) {
  auto* const ssl = who_.ssl.get();
  if (SSL_set_fd(ssl, who_.socket.get()) != 1) broken_ = true;
  SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

short piece_visit::wants(bool budget) const noexcept {
  const bool has_output = sent_ < output_.size() || (budget && left_ > 0);
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

void piece_visit::serve(store::descriptor file, std::uint64_t offset, std::uint64_t length,
                        clock::time_point now) {
  const auto head = head_of(200, "OK", length);
  output_.assign(head.begin(), head.end());
  head_ = output_.size();
  sent_ = 0;
  file_ = std::move(file);
  at_ = offset;
  left_ = length;
  now_ = phase::sending;
  moved_at_ = now;
}

void piece_visit::refuse(errc why, clock::time_point now) {
  if (sends()) { // part of it has gone: nothing but the end can say no
    broken_ = true;
    return;
  }
  const int status = swarm::status_of_refusal(why);
  const auto head = head_of(status, word_of(status), 0);
  output_.assign(head.begin(), head.end());
  head_ = output_.size();
  sent_ = 0;
  left_ = 0;
  now_ = phase::sending;
  moved_at_ = now;
  number = 0;
}

/// The next bytes of the piece behind what is to be sent.
bool piece_visit::load(std::uint64_t allowed) {
  const auto want = static_cast<std::size_t>(std::min<std::uint64_t>({chunk, left_, allowed}));
  if (want == 0) return true;
  if (sent_ == output_.size()) output_.clear(), sent_ = 0, head_ = 0;
  const auto before = output_.size();
  output_.resize(before + want);
  const auto got = ::pread(file_.get(), output_.data() + before, want, static_cast<off_t>(at_));
  if (got <= 0) return false;
  output_.resize(before + static_cast<std::size_t>(got));
  at_ += static_cast<std::uint64_t>(got);
  left_ -= static_cast<std::uint64_t>(got);
  return true;
}

/// False when the socket takes no more.
bool piece_visit::flush(clock::time_point now) {
  while (sent_ < output_.size()) {
    ERR_clear_error();
    const int went =
        SSL_write(who_.ssl.get(), output_.data() + sent_, static_cast<int>(output_.size() - sent_));
    if (went <= 0) {
      const int kind = SSL_get_error(who_.ssl.get(), went);
      ERR_clear_error();
      wants_read_ = kind == SSL_ERROR_WANT_READ;
      broken_ = broken_ || (kind != SSL_ERROR_WANT_WRITE && kind != SSL_ERROR_WANT_READ);
      return false;
    }
    sent_ += static_cast<std::size_t>(went);
    moved_at_ = now;
  }
  return true;
}

std::size_t piece_visit::write(std::uint64_t allowed, clock::time_point now) {
  wants_read_ = false;
  const auto gone_before = sent_ > head_ ? sent_ - head_ : 0;
  if (!flush(now)) return (sent_ > head_ ? sent_ - head_ : 0) - gone_before;
  auto went = (sent_ > head_ ? sent_ - head_ : 0) - gone_before;
  if (left_ > 0 && allowed > 0) {
    if (!load(allowed)) {
      broken_ = true;
      return went;
    }
    flush(now);
    went += sent_ > head_ ? sent_ - head_ : 0;
  }
  if (left_ == 0 && sent_ == output_.size()) end_request(now);
  return went;
}

void piece_visit::end_request(clock::time_point now) {
  now_ = phase::reading;
  file_.close();
  output_.clear();
  sent_ = head_ = 0;
  moved_at_ = now;
}

} // namespace hive::upload
