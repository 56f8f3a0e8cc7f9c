#include "core/trust/port_visit.hpp"

#include "core/trust/peer_tls.hpp"

#include <poll.h>

namespace hive::trust {

port_visit::port_visit(std::unique_ptr<tls_stream> stream, decision decide, time_point until)
  : stream_(std::move(stream)),
    reception_([this, decide = std::move(decide)](const join_request& asked) {
      return decide(asked, peer_of(stream_->ssl()));
    }),
    until_(until) {}

short port_visit::wants() const noexcept {
  return last_ == tls_progress::wants_write ? POLLOUT : POLLIN;
}

bool port_visit::step() {
  do {
    last_ = advance();
    if (end_ == visit_end::established) return true;
    if (last_ != tls_progress::failed) continue;
    // What was to be said has been said, or cannot be: the other side may still read the alert.
    if (!end_) {
      end_ = visit_end::failed;
      why_ = stream_->why();
    }
    if (stage_ == stage::leaving) return true;
    stage_ = stage::leaving;
    last_ = tls_progress::done;
  } while (last_ == tls_progress::done && stage_ != stage::leaving);
  if (stage_ == stage::leaving && last_ == tls_progress::done) last_ = stream_->linger();
  return stage_ == stage::leaving && (last_ == tls_progress::done || last_ == tls_progress::failed);
}

/// One stage further when it yields `done`.
tls_progress port_visit::advance() {
  switch (stage_) {
  case stage::handshake: {
    const auto how = stream_->handshake();
    if (how != tls_progress::done) return how;
    if (protocol() == join_protocol)
      stage_ = stage::listening;
    else
      end_ = visit_end::established;
    return how;
  }
  case stage::listening: return listen();
  case stage::answering: {
    const auto how = stream_->flush();
    if (how == tls_progress::done) stage_ = stage::leaving;
    return how;
  }
  case stage::leaving: break;
  }
  return stream_->linger();
}

tls_progress port_visit::listen() {
  std::string bytes;
  const auto how = stream_->read(bytes);
  if (how == tls_progress::ended) {
    end_ = visit_end::failed;
    why_ = fail(errc::connection_cut, stream_->other() + " left without asking");
    stage_ = stage::leaving;
    return tls_progress::done;
  }
  if (how != tls_progress::done) return how;
  const auto answer = reception_.take(bytes);
  if (!answer) return tls_progress::done;
  const auto* refusal = reception_.refused();
  end_ = refusal == nullptr ? visit_end::granted : visit_end::refused;
  if (refusal != nullptr) why_ = *refusal;
  const auto sent = stream_->write(*answer);
  stream_->say_end();
  stage_ = stage::answering;
  return sent;
}

} // namespace hive::trust
