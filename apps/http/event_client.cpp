#include "apps/http/event_client.hpp"

#include "apps/http/event_fan.hpp"
#include "apps/http/views.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

namespace hive::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t batch_bytes = 64 << 10;
constexpr std::size_t batch_events = 32;
constexpr int socket_buffer_bytes =
    64 << 10; // the kernel would hold up to 4 MiB for a client that never reads
constexpr std::chrono::minutes stuck_for{2};

const std::shared_ptr<const std::string> comment =
    std::make_shared<const std::string>(": keep-alive\n\n");

} // namespace

event_client::event_client(event_fan& fan, asio::ip::tcp::socket socket, event_stream what,
                           std::size_t max_queued, std::shared_ptr<counters> counts)
  : fan_{fan}, socket_{std::move(socket)}, what_{std::move(what)}, max_queued_{max_queued},
    counts_{std::move(counts)}, last_{what_.after}, last_write_{std::chrono::steady_clock::now()},
    catching_up_{what_.replay}, has_history_{what_.ended} {}

void event_client::start(std::string head) {
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size{socket_buffer_bytes}, ignored);
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  moving_.push_back(std::make_shared<const std::string>(std::move(head)));
  watch();
  pump();
}

void event_client::take_history(std::vector<event_ptr> events) {
  what_.history = std::move(events);
  has_history_ = true;
  pump();
}

void event_client::hear(const spoken_event& what) {
  if (closed_ || ending_) return;
  const auto size = what.text->size();
  const bool optional = what.kind == event_kind::progress;
  if (queued_ + size > (optional ? max_queued_ / 2 : max_queued_)) {
    if (optional) {
      ++counts_->events_skipped;
      return;
    }
    ++counts_->streams_cut;
    return close();
  }
  queue_.push_back(what);
  queued_ += size;
}

void event_client::keep_alive(std::chrono::steady_clock::time_point now,
                              std::chrono::milliseconds silence) {
  if (writing_) {
    if (now - last_write_ > stuck_for) close();
    return;
  }
  if (now - last_write_ < silence) return;
  moving_.push_back(comment);
  pump();
}

void event_client::load(text one, event_kind kind) {
  moving_bytes_ += one->size();
  moving_.push_back(std::move(one));
  if (kind == event_kind::end && !what_.job.empty()) ending_ = true;
}

void event_client::load_history() {
  while (next_ < what_.history.size() && moving_bytes_ < batch_bytes && !ending_ && !asking_) {
    const auto one = what_.history[next_++];
    if (one->seq <= last_) continue;
    last_ = one->seq;
    const bool is_end = one->kind == event_kind::end;
    if (is_end && !what_.final_job) return ask_final_job(one);
    const auto* job = is_end ? &*what_.final_job : nullptr;
    load(std::make_shared<const std::string>(event_text(*one, job)), one->kind);
  }
  if (next_ < what_.history.size() || asking_ || ending_) return;
  what_.history = {};
  next_ = 0;
  catching_up_ = false;
  if (!what_.ended) return;
  event end{last_ + 1, wall_now(), event_kind::end, {}, what_.final_job->state, std::nullopt};
  end.what = {what_.job, "door", "ended", level::info, "this job is over", {}};
  load(std::make_shared<const std::string>(event_text(end, &*what_.final_job)), end.kind);
}

void event_client::ask_final_job(event_ptr end) {
  asking_ = true;
  const auto& job = end->what.job;
  fan_.look_up(job, [self = shared_from_this(), end](const job_record* found) {
    self->asking_ = false;
    self->load(std::make_shared<const std::string>(event_text(*end, found)), end->kind);
    self->pump();
  });
}

void event_client::load_live() {
  while (!queue_.empty() && moving_.size() < batch_events && !ending_) {
    auto one = std::move(queue_.front());
    queue_.pop_front();
    queued_ -= one.text->size();
    if (one.seq <= last_) continue;
    last_ = one.seq;
    load(std::move(one.text), one.kind);
  }
}

void event_client::pump() {
  if (closed_ || writing_) return;
  if (catching_up_ && has_history_) load_history();
  if (!catching_up_) load_live();
  if (moving_.empty()) {
    if (ending_) close();
    return;
  }
  writing_ = true;
  last_write_ = std::chrono::steady_clock::now();
  std::vector<asio::const_buffer> parts;
  parts.reserve(moving_.size());
  for (const auto& one : moving_) parts.emplace_back(asio::buffer(*one));
  asio::async_write(socket_, parts,
                    [self = shared_from_this()](boost::system::error_code why, std::size_t) {
                      self->on_written(why);
                    });
}

void event_client::on_written(boost::system::error_code why) {
  if (closed_) return;
  if (why) return close();
  writing_ = false;
  last_write_ = std::chrono::steady_clock::now();
  moving_.clear();
  moving_bytes_ = 0;
  pump();
}

void event_client::watch() {
  socket_.async_read_some(asio::buffer(heard_),
                          [self = shared_from_this()](boost::system::error_code why, std::size_t) {
                            if (self->closed_) return;
                            if (why) return self->close();
                            self->watch();
                          });
}

void event_client::close() {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  fan_.forget(shared_from_this());
}

} // namespace hive::http
