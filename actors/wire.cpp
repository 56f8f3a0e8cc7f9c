#include "actors/wire.hpp"

#include "actors/crossing.hpp"
#include "core/trust/tls_stream.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/stream_impl.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <mutex>
#include <optional>
#include <set>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace hive::actors {
namespace {

namespace net = caf::io::network;

/// Of BASP, over every link: they only notice a program that says nothing to anybody, which
/// membership notices before. In a hive of a hundred, beats of 2 s were most of what a node at rest
/// cost.
constexpr std::chrono::seconds heartbeat{10};
constexpr std::chrono::seconds silence{30};
/// What was sent is confirmed by the other machine (its kernel, also for a frozen program) within
/// this, or the link is over: TCP itself would try for minutes, more and more seldom, and a network
/// that works again would not be noticed for as long. More than membership takes to miss somebody.
constexpr std::chrono::milliseconds unconfirmed{6000};
/// So often a link that carries nothing is probed, by the kernels alone.
constexpr std::chrono::seconds probe{2};
constexpr std::uint32_t largest_message = 16u << 20;
constexpr std::chrono::seconds greeting_limit{10};

/// The socket of a link, which CAF owns, as others may touch it.
class live_wire final : public link_wire {
 public:
  live_wire(int socket, on_closed closed) : socket_(socket), closed_(std::move(closed)) {}

  void cut(cluster::cause why) override {
    const std::lock_guard hold{mutex_};
    if (!why_) why_ = why;
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  }
  /// A read or a write has failed with this errno; 0: the other end is closed. What else is wrong
  /// (nothing confirmed, no route, an interface down) says nothing of the program at the other end.
  void failed(int error) {
    const std::lock_guard hold{mutex_};
    const bool reset = error == 0 || error == ECONNRESET || error == EPIPE;
    if (!why_) why_ = reset ? cluster::cause::reset : cluster::cause::timeout;
  }
  /// The descriptor may belong to something else from now on.
  void forget() {
    const std::lock_guard hold{mutex_};
    socket_ = -1;
  }
  void tell_closed() {
    on_closed call;
    auto why = cluster::cause::reset;
    {
      const std::lock_guard hold{mutex_};
      call = std::exchange(closed_, nullptr);
      why = why_.value_or(why);
    }
    if (call) call(why);
  }

 private:
  std::mutex mutex_;
  int socket_;
  on_closed closed_;
  std::optional<cluster::cause> why_; ///< the first one
};

/// Reads and writes for CAF's stream. `result` is what moved; a socket that is not ready is a
/// success of nothing.
class tls_policy {
 public:
  tls_policy(trust::ssl_ptr ssl, std::shared_ptr<live_wire> at)
    : ssl_(std::move(ssl)), at_(std::move(at)) {}

  net::rw_state read_some(std::size_t& result, net::native_socket, void* into, std::size_t size) {
    return move(result, size, [&](int most) { return SSL_read(ssl_.get(), into, most); });
  }
  net::rw_state write_some(std::size_t& result, net::native_socket, const void* from,
                           std::size_t size) {
    return move(result, size, [&](int most) { return SSL_write(ssl_.get(), from, most); });
  }
  bool must_read_more(net::native_socket, std::size_t threshold) const {
    return static_cast<std::size_t>(SSL_pending(ssl_.get())) >= threshold;
  }

 private:
  template <class Call>
  net::rw_state move(std::size_t& result, std::size_t size, Call call) {
    constexpr std::size_t most = 1u << 20;
    result = 0;
    if (size == 0) return net::rw_state::indeterminate;
    ERR_clear_error();
    const int done = call(static_cast<int>(std::min(size, most)));
    if (done > 0) {
      result = static_cast<std::size_t>(done);
      return net::rw_state::success;
    }
    const int why = SSL_get_error(ssl_.get(), done);
    ERR_clear_error();
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return net::rw_state::success;
    at_->failed(trust::socket_error(ssl_.get()));
    return net::rw_state::failure;
  }

  trust::ssl_ptr ssl_;
  std::shared_ptr<live_wire> at_;
};

/// CAF's view of one link. Owns socket and TLS; lives on the io thread.
class tls_scribe final : public caf::io::scribe {
 public:
  tls_scribe(net::default_multiplexer& loop, trust::established what, std::shared_ptr<live_wire> at)
    : scribe(net::conn_hdl_from_socket(what.socket.get())), at_(std::move(at)),
      stream_(loop, what.socket.release(), std::move(what.ssl), at_) {}
  ~tls_scribe() override {
    at_->forget();
    at_->tell_closed();
  }

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (!std::exchange(launched_, true)) stream_.start(this);
  }
  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  caf::byte_buffer& wr_buf() override { return stream_.wr_buf(); }
  caf::byte_buffer& rd_buf() override { return stream_.rd_buf(); }
  /// The other side may never answer: nobody waits for it.
  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    at_->cut(cluster::cause::closed);
    detach(&stream_.backend(), false);
    at_->tell_closed();
  }
  void flush() override { stream_.flush(this); }
  std::string addr() const override { return {}; }
  std::uint16_t port() const override { return 0; }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

 private:
  void detach_from(caf::io::abstract_broker* from) override {
    scribe::detach_from(from);
    at_->tell_closed();
  }

  std::shared_ptr<live_wire> at_;
  bool launched_{false};
  net::stream_impl<tls_policy> stream_;
};

/// A doorman that listens nowhere: connections are handed to it.
class handed_doorman final : public caf::io::doorman {
 public:
  handed_doorman(net::default_multiplexer& loop, store::descriptor name, std::uint16_t port)
    : doorman(net::accept_hdl_from_socket(name.get())), loop_(loop), name_(std::move(name)),
      port_(port) {}

  /// On the io thread.
  void take(caf::io::scribe_ptr what) {
    if (detached()) return;
    const auto as = what->hdl();
    parent()->add_scribe(std::move(what));
    doorman::new_connection(&loop_, as);
  }

  bool new_connection() override { return false; }
  void graceful_shutdown() override { detach(&loop_, false); }
  void launch() override {}
  std::string addr() const override { return {}; }
  std::uint16_t port() const override { return port_; }
  void add_to_loop() override {}
  void remove_from_loop() override {}

 private:
  net::default_multiplexer& loop_;
  store::descriptor name_; ///< keeps the number of its handle taken
  std::uint16_t port_;
};

result<caf::actor> published(const caf::strong_actor_ptr& who) {
  if (who) return caf::actor_cast<caf::actor>(who);
  return fail(errc::no_answer, "the other node has nobody to talk to yet");
}

} // namespace

struct wire_port::parts {
  caf::actor_system& system;
  caf::actor broker;
  std::mutex mutex;
  std::uint16_t last_port{0};
  caf::intrusive_ptr<handed_doorman> door;

  net::default_multiplexer& loop() const {
    return dynamic_cast<net::default_multiplexer&>(system.middleman().backend());
  }
  std::pair<caf::io::scribe_ptr, std::shared_ptr<live_wire>> make_scribe(trust::established what,
                                                                         on_closed closed) const {
    const auto set = [at = what.socket.get()](int level, int option, int value) {
      ::setsockopt(at, level, option, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(unconfirmed.count()));
    set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(probe.count()));
    set(IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(probe.count()));
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    auto at = std::make_shared<live_wire>(what.socket.get(), std::move(closed));
    return {caf::make_counted<tls_scribe>(loop(), std::move(what), at), at};
  }
};

wire_port::wire_port(caf::actor_system& system) : parts_(new parts{system, {}, {}, 0, {}}) {
  parts_->broker = system.middleman().named_broker<caf::io::basp_broker>("BASP");
}

wire_port::~wire_port() = default;

void wire_port::publish(const caf::actor& who) {
  const std::lock_guard hold{parts_->mutex};
  if (parts_->last_port != 0) caf::anon_send(parts_->broker, caf::close_atom_v, parts_->last_port);
  const std::uint16_t port = ++parts_->last_port == 0 ? ++parts_->last_port : parts_->last_port;
  parts_->door = caf::make_counted<handed_doorman>(
      parts_->loop(), store::descriptor{::eventfd(0, EFD_CLOEXEC)}, port);
  caf::anon_send(parts_->broker, caf::publish_atom_v, caf::io::doorman_ptr{parts_->door}, port,
                 caf::actor_cast<caf::strong_actor_ptr>(who), std::set<std::string>{});
}

wire_ptr wire_port::accept(trust::established what, on_closed closed) {
  auto [made, at] = parts_->make_scribe(std::move(what), std::move(closed));
  const std::lock_guard hold{parts_->mutex};
  if (parts_->door)
    parts_->loop().post(
        [door = parts_->door, made = made]() mutable { door->take(std::move(made)); });
  return at;
}

wire_ptr wire_port::dial(peer_actor::pointer self, trust::established what, on_closed closed,
                         met then) {
  auto [made, at] = parts_->make_scribe(std::move(what), std::move(closed));
  self->request(parts_->broker, greeting_limit, caf::connect_atom_v, std::move(made),
                std::uint16_t{0})
      .then([then](const caf::node_id&, const caf::strong_actor_ptr& who,
                   const std::set<std::string>&) { then(published(who)); },
            [then](const caf::error& why) { then(as_failure(why, "the other node")); });
  return at;
}

result<caf::actor> wire_port::dial_and_wait(trust::established what) {
  auto [made, at] = parts_->make_scribe(std::move(what), {});
  const caf::scoped_actor self{parts_->system};
  result<caf::actor> met = fail(errc::no_answer, "the other node said nothing");
  self->request(parts_->broker, greeting_limit, caf::connect_atom_v, std::move(made),
                std::uint16_t{0})
      .receive([&](const caf::node_id&, const caf::strong_actor_ptr& who,
                   const std::set<std::string>&) { met = published(who); },
               [&](const caf::error& why) { met = as_failure(why, "the other node"); });
  if (!met) at->cut(cluster::cause::closed);
  return met;
}

void prepare_wires(caf::actor_system_config& config) {
  config.load<caf::io::middleman>();
  config.set("caf.middleman.heartbeat-interval", caf::timespan{heartbeat});
  config.set("caf.middleman.connection-timeout", caf::timespan{silence});
  caf::put(config.content, "caf.middleman.max-payload-size", largest_message);
  config.set("caf.middleman.workers", 1);
}

} // namespace hive::actors
