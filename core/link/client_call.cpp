#include "core/link/client_call.hpp"

#include "core/trust/dial.hpp"
#include "core/trust/hive_folder.hpp"
#include "core/trust/peer_tls.hpp"

namespace hive::link {
namespace {

/// Raw bytes of a handshake and one word.
constexpr std::size_t longest_call = 64 << 10;

errc code_of(cluster::cause why) noexcept {
  switch (why) {
  case cluster::cause::overloaded: return errc::overloaded;
  case cluster::cause::banned: return errc::node_revoked;
  default: return errc::conflict;
  }
}

result<words> hear_word(trust::tls_stream& stream, trust::dial_deadline until) {
  trust::message_reader reader{longest_greeting};
  while (!reader.is_whole()) {
    std::string bytes;
    // Not one byte more: what follows is CAF's.
    HIVE_CHECK(trust::drive(stream, until, [&] { return stream.read(bytes, reader.wants()); }));
    HIVE_CHECK(reader.take(bytes));
  }
  return decode(reader.text());
}

} // namespace

result<trust::established> welcome_client(trust::established from) {
  trust::tls_stream stream{std::move(from), longest_call};
  // A few bytes, the first on this connection: they fit into the socket or it is gone.
  if (stream.write(encode(agreed{cluster::spoken.newest})) != trust::tls_progress::done)
    return fail(errc::connection_cut, stream.other() + " is gone");
  return stream.release();
}

void refuse_client(trust::established from, const refusal& why) {
  trust::tls_stream stream{std::move(from), longest_call};
  static_cast<void>(stream.write(encode(why)));
  stream.say_end();
  static_cast<void>(stream.flush());
}

result<trust::established> call_node(const store::home& home, const std::string& address,
                                     std::chrono::steady_clock::time_point until) {
  HIVE_TRY(const auto hive, trust::hive_folder::open(home));
  HIVE_TRY(auto known, hive.trust());
  HIVE_TRY(const auto context,
           trust::client_context(hive.tls(), std::move(known), client_protocol));
  HIVE_TRY(const auto stream, trust::dial(context.get(), address, until, longest_call));
  HIVE_TRY(const auto word, hear_word(*stream, until));
  if (const auto* no = std::get_if<refusal>(&word))
    return fail(code_of(no->why), "the node at " + address + " refuses: " + no->sentence);
  if (!std::holds_alternative<agreed>(word))
    return fail(errc::unreadable_reply, address + " greets a program like a node");
  return stream->release();
}

} // namespace hive::link
