#include "core/trust/join_client.hpp"

#include "core/trust/dial.hpp"
#include "core/trust/openssl.hpp"

namespace hive::trust {

namespace {

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

} // namespace

result<join_grant> converse(joiner& who, const std::string& address,
                            const std::optional<shown_certificate>& own,
                            std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  HIVE_TRY(const auto context, make_context(who, own));
  HIVE_TRY(const auto connection, dial(context.get(), address, until, longest_input));
  auto& stream = *connection;
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
