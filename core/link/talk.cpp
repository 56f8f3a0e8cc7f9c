#include "core/link/talk.hpp"

#include "core/trust/peer_tls.hpp"
#include "core/trust/sockets.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <poll.h>

namespace hive::link {

using cluster::cause;
using trust::tls_progress;

namespace {

/// Raw bytes of a handshake and two greetings.
constexpr std::size_t longest_input = 64 << 10;

cause cause_of(int error) noexcept {
  switch (error) {
  case ECONNREFUSED: return cause::refused;
  case ECONNRESET: return cause::reset;
  default: return cause::timeout;
  }
}

cause cause_of(errc code) noexcept {
  switch (code) {
  case errc::node_revoked: return cause::banned;
  case errc::foreign_hive: return cause::wrong_cluster;
  // A port that is full ends the oldest connections.
  case errc::connection_cut: return cause::overloaded;
  case errc::timed_out: return cause::timeout;
  default: return cause::tls;
  }
}

} // namespace

talk::talk(link_book::number id, dial_order order, std::vector<std::string> where, time_point until)
  : id_(id), order_(std::move(order)), where_(std::move(where)), until_(until),
    stage_(stage::connecting), last_(tls_progress::wants_write) {}

talk::talk(link_book::number id, trust::established from, time_point until)
  : id_(id), until_(until), stage_(stage::hearing), peer_(from.peer.node) {
  stream_ = std::make_unique<trust::tls_stream>(std::move(from), longest_input);
}

short talk::wants() const noexcept {
  return last_ == tls_progress::wants_write ? POLLOUT : POLLIN;
}

int talk::socket() const noexcept {
  return stream_ ? stream_->socket() : socket_.get();
}

bool talk::step(talk_host& with) {
  do {
    last_ = advance(with);
    if (stage_ == stage::linked || stage_ == stage::over) return true;
    if (last_ == tls_progress::failed && stage_ == stage::leaving) return true;
    if (last_ == tls_progress::failed) fail_by(stream_->why());
    if (last_ == tls_progress::ended)
      give_up(cause::overloaded, stream_->other() + " ended the connection");
  } while (last_ == tls_progress::done && stage_ != stage::leaving);
  if (stage_ == stage::leaving) last_ = stream_->linger();
  return stage_ == stage::over || (stage_ == stage::leaving &&
                                   (last_ == tls_progress::done || last_ == tls_progress::failed));
}

void talk::time_out() {
  if (sentence_.empty()) give_up(cause::timeout, "it did not answer in time");
}

/// One stage further when it yields `done`.
tls_progress talk::advance(talk_host& with) {
  switch (stage_) {
  case stage::connecting: return connect(with);
  case stage::handshake: {
    const auto how = stream_->handshake();
    if (how == tls_progress::done) shook(with);
    return how;
  }
  case stage::sending: {
    const auto how = stream_->flush();
    if (how == tls_progress::done) stage_ = next_;
    return how;
  }
  case stage::hearing: return hear(with);
  default: return tls_progress::done;
  }
}

tls_progress talk::connect(talk_host& with) {
  int error = socket_ ? trust::connect_error(socket_.get()) : EADDRNOTAVAIL;
  pollfd now{socket_.get(), POLLOUT, 0};
  if (socket_ && error == 0 && ::poll(&now, 1, 0) == 0) return tls_progress::wants_write;
  while (error != 0 && !where_.empty()) {
    auto begun = trust::begin_connect(where_.front());
    where_.erase(where_.begin());
    error = begun ? 0 : begun.error();
    if (!begun) continue;
    socket_ = std::move(*begun);
    return tls_progress::wants_write;
  }
  if (error != 0) {
    give_up(cause_of(error), std::strerror(error));
    return tls_progress::done;
  }
  const auto context = with.context();
  if (!context) {
    give_up(cause::tls, "this node's own certificate cannot be used");
    return tls_progress::done;
  }
  stream_ = std::make_unique<trust::tls_stream>(context.get(), false, std::move(socket_),
                                                order_->address, longest_input);
  stage_ = stage::handshake;
  return tls_progress::done;
}

/// Our dial has met somebody.
void talk::shook(talk_host& with) {
  const auto shown = trust::peer_of(stream_->ssl());
  if (!shown || trust::protocol_of(stream_->ssl()) != trust::peer_protocol)
    return give_up(cause::tls, order_->address + " is no peer port of this version");
  peer_ = shown->node;
  expires_ = shown->not_after;
  if (order_->only_looks)
    return peer_ == order_->who
               ? refuse(cause::closed, "it only looked whether this node answers")
               : refuse(cause::refused, "node " + peer_.value + " answers at its address");
  auto mine = with.mine();
  if (peer_ == mine.said.self->id()) return give_up(cause::none, "it is this node itself");
  if (!order_->who.empty() && peer_ != order_->who)
    return give_up(cause::refused, "node " + peer_.value + " answers at its address");
  if (with.book->dialled(peer_, id_) != standing::goes_on)
    return give_up(cause::none, "it has a link with this node");
  say(mine, stage::hearing);
}

tls_progress talk::hear(talk_host& with) {
  std::string bytes;
  const auto how = stream_->read(bytes, reader_.wants());
  if (how != tls_progress::done) return how;
  if (const auto taken = reader_.take(bytes); !taken) {
    refuse(cause::bad_version, taken.why().detail);
    return tls_progress::done;
  }
  if (!reader_.is_whole()) return tls_progress::done;
  auto said = decode(std::exchange(reader_, trust::message_reader{longest_greeting}).text());
  if (said)
    take(std::move(*said), with);
  else
    refuse(cause::bad_version, said.why().detail);
  return tls_progress::done;
}

void talk::take(words what, talk_host& with) {
  if (auto* no = std::get_if<refusal>(&what)) {
    // A link that crossed with another, or a stale one: nobody failed.
    return give_up(no->why, "it refuses this node: " + no->sentence);
  }
  if (auto* hello = std::get_if<greeting>(&what)) {
    if (theirs_) return refuse(cause::bad_version, "it greets twice");
    if (hello->said.self->id() != peer_)
      return refuse(cause::banned, "it calls itself " + hello->said.self->id().value +
                                       ", its certificate names " + peer_.value);
    return order_ ? welcomed(std::move(*hello), with) : greeted(std::move(*hello), with);
  }
  if (order_ || !theirs_) return refuse(cause::bad_version, "it agrees before it has greeted");
  protocol_ = std::min(protocol_, std::get<agreed>(what).protocol);
  answer(with.book->agreed(peer_, theirs_->said.self->who->boot, id_), with);
  if (stage_ == stage::hearing) stage_ = stage::linked;
}

/// A peer that dialled us.
void talk::greeted(greeting theirs, talk_host& with) {
  const auto mine = with.mine();
  const auto known = with.known(peer_);
  const auto how = cluster::judge(mine.said, theirs.said, known.get());
  if (!how.is_accepted()) return refuse(how.why, how.sentence);
  protocol_ = how.protocol;
  remark_ = how.sentence;
  theirs_ = std::move(theirs);
  answer(with.book->greeted(peer_, theirs_->said.self->who->boot, id_), with);
  if (stage_ == stage::hearing) say(mine, stage::hearing);
}

/// The peer we dialled greets back.
void talk::welcomed(greeting theirs, talk_host& with) {
  const auto known = with.known(peer_);
  const auto how = cluster::judge(with.mine().said, theirs.said, known.get());
  if (!how.is_accepted()) return refuse(how.why, how.sentence);
  protocol_ = how.protocol;
  remark_ = how.sentence;
  theirs_ = std::move(theirs);
  answer(with.book->agreed(peer_, theirs_->said.self->who->boot, id_), with);
  if (stage_ == stage::hearing) say(agreed{protocol_}, stage::linked);
}

void talk::answer(standing how, talk_host& with) {
  if (how == standing::goes_on) return;
  if (how == standing::stale) {
    with.stale(peer_, with.book->link_with(peer_)->id);
    refuse(cause::closed, "its link of before is being closed; it may dial again");
    return;
  }
  refuse(cause::closed, "another link between the two stays");
}

void talk::say(const words& what, stage next) {
  static_cast<void>(stream_->write(encode(what)));
  stage_ = stage::sending;
  next_ = next;
}

void talk::refuse(cause why, std::string sentence) {
  static_cast<void>(stream_->write(encode(refusal{why, sentence})));
  stream_->say_end();
  give_up(why, std::move(sentence), stage::leaving);
}

void talk::give_up(cause why, std::string sentence, stage next) {
  why_ = why;
  sentence_ = std::move(sentence);
  stage_ = next;
}

void talk::fail_by(const failure& why) {
  give_up(cause_of(why.code), hive::sentence(why));
}

link_made talk::take_link() {
  auto wire = stream_->release();
  auto binding = trust::binding_of(wire.ssl.get());
  return {id_,    std::move(wire), std::move(*theirs_), std::move(binding), protocol_,
          order_, remark_};
}

} // namespace hive::link
