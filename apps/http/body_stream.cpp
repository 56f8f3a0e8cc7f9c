#include "apps/http/body_stream.hpp"

#include "apps/http/premises.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace hive::http {

namespace asio = boost::asio;

body_stream::body_stream(premises& at, asio::ip::tcp::socket socket, growing_body source)
  : at_{at}, socket_{std::move(socket)}, timer_{at.io}, source_{std::move(source)} {}

void body_stream::start(std::string head) {
  error ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  watch();
  write(std::move(head));
}

void body_stream::ask() {
  source_->next([at = at_.weak_from_this(), weak = weak_from_this()](body_source::piece one) {
    const auto here = at.lock();
    if (!here) return;
    // Never at once: what it does may be the end of the source that calls.
    asio::post(here->io, [weak, one = std::move(one)]() mutable {
      if (const auto self = weak.lock()) self->take(std::move(one));
    });
  });
}

void body_stream::take(body_source::piece one) {
  if (closed_) return;
  wait_ = one.wait;
  last_ = one.last;
  if (one.text.empty()) return on_written();
  write(std::move(one.text));
}

void body_stream::write(std::string text) {
  moving_ = std::move(text);
  timer_.expires_after(at_.options.transfer_deadline);
  timer_.async_wait([weak = weak_from_this()](error why) {
    const auto self = weak.lock();
    if (self && !why) self->close();
  });
  asio::async_write(socket_, asio::buffer(moving_),
                    [self = shared_from_this()](error why, std::size_t) {
                      if (self->closed_) return;
                      if (why) return self->close();
                      self->on_written();
                    });
}

void body_stream::on_written() {
  moving_.clear();
  if (last_) return close();
  timer_.expires_after(wait_);
  timer_.async_wait([weak = weak_from_this()](error why) {
    const auto self = weak.lock();
    if (self && !why && !self->closed_) self->ask();
  });
}

void body_stream::watch() {
  socket_.async_read_some(asio::buffer(heard_),
                          [self = shared_from_this()](error why, std::size_t) {
                            if (self->closed_) return;
                            if (why) return self->close();
                            self->watch();
                          });
}

void body_stream::close() {
  if (closed_) return;
  closed_ = true;
  source_.reset();
  timer_.cancel();
  error ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  at_.forget(shared_from_this());
}

} // namespace hive::http
