#include "core/trust/join_client.hpp"

#include "core/trust/openssl.hpp"
#include "core/trust/sockets.hpp"
#include "core/trust/tls_stream.hpp"

#include <functional>

#include <poll.h>

namespace hive::trust {

namespace {

using time_point = std::chrono::steady_clock::time_point;

/// Of the handshake and the answer.
constexpr std::size_t longest_input = 128 << 10;

result<openssl::ssl_context> make_context(const joiner& who,
                                          const std::optional<shown_certificate>& own) {
  openssl::ssl_context out{SSL_CTX_new(TLS_client_method())};
  if (!out) return openssl::refused_to("prepare TLS");
  HIVE_CHECK(own ? use(out.get(), own->files, own->trust) : use(out.get(), who.authority()));
  HIVE_CHECK(offer(out.get(), join_protocol));
  return out;
}

/// Repeats `step` until it is done, waiting for the socket in between.
outcome drive(tls_stream& stream, time_point until, const std::function<tls_progress()>& step) {
  for (;;) {
    const auto how = step();
    if (how == tls_progress::done) return {};
    if (how == tls_progress::failed) return stream.why();
    if (how == tls_progress::ended)
      return fail(errc::connection_cut,
                  stream.other() + " ended the conversation without an answer");
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return fail(errc::timed_out, stream.other() + " did not answer in time");
    pollfd wait{stream.socket(), how == tls_progress::wants_write ? short{POLLOUT} : short{POLLIN},
                0};
    ::poll(&wait, 1, static_cast<int>(left.count()));
  }
}

} // namespace

result<join_grant> converse(joiner& who, const std::string& address,
                            const std::optional<shown_certificate>& own,
                            std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  HIVE_TRY(const auto context, make_context(who, own));
  HIVE_TRY(auto socket, connect_to(address, until));
  tls_stream stream{context.get(), false, std::move(socket), address, longest_input};
  HIVE_CHECK(drive(stream, until, [&] { return stream.handshake(); }));
  const auto shown = authority_of(stream.ssl());
  if (!shown || protocol_of(stream.ssl()) != join_protocol)
    return fail(errc::tls_failed, address + " speaks TLS, but takes no joins",
                "check that this is the --peer-listen address of a node");
  HIVE_TRY(const auto request, who.ask(*shown));
  auto sent = tls_progress::done;
  HIVE_CHECK(drive(stream, until, [&, first = true]() mutable {
    sent = std::exchange(first, false) ? stream.write(request) : stream.flush();
    return sent;
  }));
  while (!who.is_answered()) {
    std::string bytes;
    HIVE_CHECK(drive(stream, until, [&] { return stream.read(bytes); }));
    HIVE_CHECK(who.take(bytes));
  }
  stream.say_end();
  static_cast<void>(stream.flush());
  return who.finish(address);
}

} // namespace hive::trust
