#include "apps/http/session.hpp"

#include "apps/http/premises.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/router.hpp"
#include "core/job/log.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <unistd.h>

namespace hive::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using std::chrono::seconds;

constexpr std::uint32_t header_bytes = 16 << 10;
constexpr std::uint64_t body_bytes = 1 << 20;
constexpr std::uint64_t chunk_bytes = 256 << 10;
constexpr std::size_t buffer_bytes = 128 << 10;

std::string http_date() {
  const auto now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

bool fit_to_echo(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// The slice's bytes; empty when the file is shorter than it was.
std::vector<char> read_some(const file_slice& slice) {
  std::vector<char> bytes(slice.length);
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto got = ::pread(slice.file->fd(), bytes.data() + have, bytes.size() - have,
                             static_cast<off_t>(slice.offset + have));
    if (got <= 0) return {};
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

} // namespace

session::session(premises& at, asio::ip::tcp::socket socket, bool surplus)
  : at_{at}, stream_{std::move(socket)}, buffer_{buffer_bytes}, surplus_{surplus} {}

void session::close() {
  if (busy_)
    keep_ = false;
  else
    drop();
}

void session::wait_for_request() {
  if (buffer_.size() > 0) return read_head();
  stream_.expires_after(at_.options.idle_deadline);
  stream_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](error why, std::size_t size) {
                            if (why) return self->drop();
                            self->buffer_.commit(size);
                            self->read_head();
                          });
}

void session::read_head() {
  if (gone_) return;
  parser_.emplace();
  parser_->header_limit(header_bytes);
  parser_->body_limit(body_bytes);
  stream_.expires_after(at_.options.header_deadline);
  beast::http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](error why, std::size_t) { self->on_head(why); });
}

void session::on_head(error why) {
  if (gone_) return;
  if (why) return on_unreadable(why);
  busy_ = true;
  keep_ = parser_->keep_alive() && !at_.closing;
  is_head_ = parser_->get().method() == beast::http::verb::head;
  old_ = parser_->get().version() < 11;
  auto respond = make_responder();
  auto read = read_request();
  std::optional<reply> refusal;
  if (surplus_)
    refusal = problem(fail(errc::overloaded, "too many connections are open"), 503);
  else if (!read)
    refusal = problem(read.why(), 400);
  else
    refusal = at_.keeper.refuse(*read);
  if (read) asked_ = std::move(*read);
  if (!refusal) return read_body();
  keep_ = keep_ && !surplus_ && parser_->is_done();
  respond(std::move(*refusal));
}

void session::read_body() {
  const auto done = [self = shared_from_this()](error why, std::size_t) {
    if (self->gone_) return;
    if (why) return self->on_unreadable(why);
    auto asked = std::move(self->asked_);
    asked.body = std::move(self->parser_->get().body());
    self->asked_.correlation = asked.correlation;
    self->asked_.method = asked.method;
    self->asked_.target = asked.target;
    dispatch(self->at_.routes, std::move(asked), self->make_responder());
  };
  if (parser_->is_done()) return done({}, 0);
  stream_.expires_after(at_.options.transfer_deadline);
  const auto read = [this, done] { beast::http::async_read(stream_, buffer_, *parser_, done); };
  const auto expect = parser_->get()[beast::http::field::expect];
  if (!beast::iequals(expect, "100-continue") || buffer_.size() > 0) return read();
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(go_on),
                    [self = shared_from_this(), read](error why, std::size_t) {
                      if (why) return self->drop();
                      read();
                    });
}

void session::on_unreadable(error why) {
  using wrong = beast::http::error;
  const bool silent = why == wrong::end_of_stream || why == wrong::partial_message ||
                      why.category() != beast::http::make_error_code(wrong::bad_method).category();
  if (silent) return drop();
  if (!busy_) {
    busy_ = true;
    asked_ = {};
    asked_.correlation = new_ulid();
  }
  keep_ = false;
  auto respond = make_responder();
  if (why == wrong::header_limit)
    return respond(problem(fail(errc::too_large, "the head of the request exceeds 16 KiB"), 431));
  if (why == wrong::body_limit)
    return respond(problem(fail(errc::too_large, "the body of the request exceeds 1 MiB"), 413));
  respond(problem(fail(errc::bad_request, "this is not HTTP: " + why.message()), 400));
}

result<request> session::read_request() const {
  const auto& message = parser_->get();
  request out;
  out.method = message.method_string();
  out.target = message.target();
  for (const auto& header : message) {
    std::string name{header.name_string()};
    for (auto& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    out.headers.emplace_back(std::move(name), std::string{header.value()});
  }
  const auto given = out.header("x-correlation-id");
  out.correlation = given && fit_to_echo(*given) ? std::string{*given} : new_ulid();
  error gone;
  const auto peer = stream_.socket().remote_endpoint(gone);
  if (!gone) out.peer = peer.address().to_string();
  HIVE_CHECK(read_target(out));
  return out;
}

responder session::make_responder() {
  return [at = at_.weak_from_this(), self = weak_from_this(), number = ++exchange_](reply what) {
    const auto here = at.lock();
    if (!here) return;
    asio::dispatch(here->io, [self, number, what = std::move(what)]() mutable {
      if (const auto one = self.lock()) one->answer(number, std::move(what));
    });
  };
}

void session::answer(std::uint64_t exchange, reply what) {
  if (exchange != exchange_ || gone_) return;
  if (auto* work = std::get_if<disk_work>(&what.body)) {
    asio::post(at_.disk,
               [make = std::move(work->make), respond = make_responder()] { respond(make()); });
    return;
  }
  ++exchange_;
  if (auto* stream = std::get_if<event_stream>(&what.body)) {
    auto whole = std::move(*stream);
    return become_stream(std::move(what), std::move(whole));
  }
  if (auto* growing = std::get_if<growing_body>(&what.body)) {
    auto source = std::move(*growing);
    return become_body(std::move(what), std::move(source));
  }
  if (auto* slice = std::get_if<file_slice>(&what.body)) {
    const auto part = *slice;
    return send_file(what, part);
  }
  auto text = std::move(std::get<std::string>(what.body));
  send_text(std::move(what), std::move(text));
}

std::string session::head_of(const reply& what, std::optional<std::uint64_t> length) const {
  auto headers = what.headers;
  if (length) headers.emplace_back("Content-Length", std::to_string(*length));
  headers.emplace_back("X-Correlation-Id",
                       asked_.correlation.empty() ? new_ulid() : asked_.correlation);
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("Server", "hive/" + at_.options.version);
  headers.emplace_back("Date", http_date());
  if (!keep_)
    headers.emplace_back("Connection", "close");
  else if (old_)
    headers.emplace_back("Connection", "keep-alive");
  return head_text(what.status, headers);
}

/// Makes the head and counts the request as answered.
void session::begin(const reply& what, std::optional<std::uint64_t> length) {
  keep_ = keep_ && !at_.closing;
  head_ = head_of(what, length);
  const auto row = static_cast<std::size_t>(what.status / 100 - 1);
  ++at_.counts->requests_by_class[std::min<std::size_t>(row, 4)];
  log(level::debug, "door", "answered",
      asked_.method + ' ' + asked_.target + ' ' + std::to_string(what.status) +
          " correlation=" + asked_.correlation);
  stream_.expires_after(at_.options.transfer_deadline);
}

void session::send_text(reply what, std::string text) {
  const bool bodiless = what.status == 204 || what.status == 304;
  begin(what, bodiless ? std::nullopt : std::optional<std::uint64_t>{text.size()});
  text_ = bodiless || is_head_ ? std::string{} : std::move(text);
  asio::async_write(stream_, std::array{asio::buffer(head_), asio::buffer(text_)},
                    [self = shared_from_this()](error why, std::size_t) {
                      if (why) return self->drop();
                      self->finish();
                    });
}

void session::send_file(const reply& what, file_slice slice) {
  begin(what, slice.length);
  slice_ = is_head_ ? file_slice{} : std::move(slice);
  writing_ = true;
  asio::async_write(stream_, asio::buffer(head_),
                    [self = shared_from_this()](error why, std::size_t) {
                      if (why) return self->drop();
                      self->writing_ = false;
                      self->write_chunk();
                    });
  read_chunk();
}

/// One chunk is read while the one before it is written.
void session::read_chunk() {
  if (reading_ || held_ || !ready_.empty() || slice_.length == 0) return;
  auto next = slice_;
  next.length =
      at_.uploads.take(this, std::min(slice_.length, chunk_bytes), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->go_on();
      });
  held_ = next.length == 0;
  if (held_) return;
  reading_ = true;
  asio::post(at_.disk,
             [self = shared_from_this(), slice = std::move(next), &io = at_.io]() mutable {
               auto bytes = read_some(slice);
               asio::post(io, [self = std::move(self), bytes = std::move(bytes)]() mutable {
                 self->on_chunk(std::move(bytes));
               });
             });
}

void session::go_on() {
  held_ = false;
  if (!gone_) read_chunk();
}

void session::on_chunk(std::vector<char> bytes) {
  reading_ = false;
  if (gone_) return;
  if (bytes.empty()) return drop(); // the promised length cannot be kept
  slice_.offset += bytes.size();
  slice_.length -= bytes.size();
  ready_ = std::move(bytes);
  write_chunk();
}

void session::write_chunk() {
  if (writing_) return;
  if (ready_.empty()) {
    if (!reading_ && slice_.length == 0) finish();
    return;
  }
  moving_ = std::move(ready_);
  ready_.clear();
  writing_ = true;
  stream_.expires_after(at_.options.transfer_deadline);
  asio::async_write(stream_, asio::buffer(moving_),
                    [self = shared_from_this()](error why, std::size_t) {
                      if (why) return self->drop();
                      self->writing_ = false;
                      self->write_chunk();
                    });
  read_chunk();
}

bool session::leave(reply what, bool full) {
  if (full || at_.closing) {
    auto refusal = problem(fail(errc::overloaded, "too many streams are open"), 503);
    auto text = std::move(std::get<std::string>(refusal.body));
    send_text(std::move(refusal), std::move(text));
    return false;
  }
  keep_ = false;
  what.headers.emplace_back("Cache-Control", "no-store");
  what.headers.emplace_back("X-Accel-Buffering", "no");
  if (is_head_) {
    send_text(std::move(what), {});
    return false;
  }
  begin(what, std::nullopt);
  gone_ = true;
  return true;
}

void session::become_stream(reply what, event_stream stream) {
  if (!leave(std::move(what), at_.fan.is_full())) return;
  at_.fan.adopt(stream_.release_socket(), std::move(stream), std::move(head_));
  at_.forget(shared_from_this());
}

void session::become_body(reply what, growing_body source) {
  if (!leave(std::move(what), at_.bodies.size() >= at_.options.max_growing_bodies)) return;
  const auto body = std::make_shared<body_stream>(at_, stream_.release_socket(), std::move(source));
  at_.bodies.insert(body);
  at_.counts->growing_bodies = at_.bodies.size();
  body->start(std::move(head_));
  at_.forget(shared_from_this());
}

void session::finish() {
  if (gone_) return;
  at_.uploads.forget(this);
  busy_ = false;
  slice_ = {};
  moving_ = {};
  text_.clear();
  if (keep_) return wait_for_request();
  error ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (parser_->is_done()) return drop();
  stream_.expires_after(seconds{2});
  linger();
}

/// Reads away what the client still sends, so that its end does not lose our reply to a reset.
void session::linger() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(64 << 10),
                          [self = shared_from_this()](error why, std::size_t) {
                            if (why) return self->drop();
                            self->linger();
                          });
}

void session::drop() {
  if (gone_) return;
  gone_ = true;
  at_.uploads.forget(this);
  error ignored;
  stream_.socket().close(ignored);
  at_.forget(shared_from_this());
}

} // namespace hive::http
