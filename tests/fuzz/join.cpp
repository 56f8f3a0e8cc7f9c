/// The join's readers: the first byte chooses which of them reads the rest.

#include "core/trust/certificate.hpp"
#include "core/trust/joiner.hpp"
#include "core/trust/key_pair.hpp"
#include "core/trust/signing_request.hpp"
#include "core/trust/token.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace hive;
using namespace hive::trust;
using fuzz::claim;

namespace {

void read_token(std::string_view text) {
  const auto token = parse_token(text);
  if (!token) return claim(!token.why().detail.empty(), "a refusal says what is wrong");
  const auto again = parse_token(to_string(*token));
  claim(again && again->secret == token->secret, "a token survives being printed");
}

void read_request(std::string_view text) {
  const auto request = decode_request(text);
  if (!request) return claim(!request.why().detail.empty(), "a refusal says what is wrong");
  claim(request->signing_request.size() <= signing_request::longest_pem, "requests have a bound");
  claim(!request->token || is_secret(request->token->secret), "secrets have a shape");
  const auto again = encode(*request);
  claim(again.has_value() && decode_request(again->substr(4)), "a request survives being sent");
}

void read_answer(std::string_view text) {
  const auto answer = decode_answer(text);
  if (!answer) return claim(!answer.why().detail.empty(), "a refusal says what is wrong");
  if (const auto* grant = std::get_if<join_grant>(&*answer))
    claim(grant->members.size() <= most_members, "members have a bound");
  claim(encode(*answer).has_value(), "an answer can be sent");
}

void read_pem(std::string_view text) {
  if (const auto read = certificate::from_pem(text)) {
    static_cast<void>(uri_in(*read));
    claim(certificate::from_pem(read->pem()).has_value(), "a certificate survives being written");
  }
  if (const auto read = signing_request::from_pem(text))
    claim(read->key_fingerprint().size() == 64, "a request has a key");
  static_cast<void>(certificate_chain::from_pem(text));
  static_cast<void>(key_pair::from_pem(text));
}

/// Whatever comes, there is one answer, and it can be read.
void receive(std::string_view bytes) {
  reception desk{[](const join_request&) -> result<join_grant> {
    return fail(errc::token_unknown, "nobody is let in");
  }};
  const auto half = bytes.size() / 2;
  auto answer = desk.take(bytes.substr(0, half));
  if (!answer) answer = desk.take(bytes.substr(half));
  if (!answer) return;
  message_reader reader{longest_answer};
  claim(reader.take(*answer).has_value() && reader.is_whole(), "an answer is whole");
  claim(decode_answer(reader.text()).has_value(), "an answer can be read");
  claim(desk.refused() != nullptr, "nobody was let in");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0]) {
  case 't': read_token(text); break;
  case 'r': read_request(text); break;
  case 'a': read_answer(text); break;
  case 'p': read_pem(text); break;
  default: receive(text); break;
  }
  return 0;
}
