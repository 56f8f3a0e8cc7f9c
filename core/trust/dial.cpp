#include "core/trust/dial.hpp"

#include "core/trust/sockets.hpp"

#include <poll.h>

namespace hive::trust {

outcome drive(tls_stream& stream, dial_deadline until, const std::function<tls_progress()>& step) {
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

result<std::unique_ptr<tls_stream>> dial(SSL_CTX* context, const std::string& address,
                                         dial_deadline until, std::size_t longest_input) {
  HIVE_TRY(auto socket, connect_to(address, until));
  auto stream =
      std::make_unique<tls_stream>(context, false, std::move(socket), address, longest_input);
  HIVE_CHECK(drive(*stream, until, [&] { return stream->handshake(); }));
  return stream;
}

} // namespace hive::trust
